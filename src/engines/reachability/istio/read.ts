/**
 * Istio, sidecars and ambient, as rules and as facts. A pod's proxy holds policies at the destination, for TCP alone: UDP and
 * ICMP pass by it. Versions: every one of security.istio.io and networking.istio.io, of which the fields are the same.
 */

import { noteBypasses } from "../mesh/bypasses.ts";
import { createMeshRules } from "../mesh/emit.ts";
import { indexPods, type Member } from "../mesh/members.ts";
import { type MeshService, readServices } from "../mesh/services.ts";
import type {
  ClientTls,
  ControlPlane,
  InboundMtls,
  IstioSettings,
  MeshEvidence,
  MeshNote,
  WorkloadAuthorization,
} from "../mesh-model.ts";
import type { PortSet } from "../port-set.ts";
import type { Reading } from "../reading.ts";
import { addAuthenticationRules } from "./authentication-rules.ts";
import { addAuthorizationRules, looksAtRequests, readAuthorizationPolicies } from "./authorization-rules.ts";
import { type IstioContext, isPossible } from "./context.ts";
import { readControlPlane } from "./control-plane.ts";
import { readDestinationRules } from "./destination-rules.ts";
import { groupDestinations } from "./destinations.ts";
import { readEnvoyFilters } from "./envoy-filters.ts";
import { findMembers } from "./membership.ts";
import { readMeshConfig } from "./mesh-config.ts";
import { noteRequestAuthentications } from "./notes.ts";
import { addOutboundRules } from "./outbound-rules.ts";
import { addOwnNodeRules } from "./own-node.ts";
import { readPeerAuthentications } from "./peer-authentication.ts";
import { addWaypointRules } from "./waypoint-rules.ts";
import { findWaypointUses, isAtWaypoint } from "./waypoints.ts";

/** Of each workload, at its index. */
export interface IstioFacts {
  readonly members: readonly Member[];
  readonly modes: readonly (InboundMtls | undefined)[];
  readonly authorization: readonly WorkloadAuthorization[];
  readonly controlPlanes: readonly ControlPlane[];
  readonly overrides: readonly ClientTls[];
  readonly notes: readonly MeshNote[];
  readonly settings: IstioSettings;
  served(index: number): PortSet;
  readonly waypoints: ReadonlyMap<number, MeshEvidence>;
}

export function readIstio(reading: Reading): IstioFacts {
  const pods = indexPods(reading);
  const config = readMeshConfig(reading);
  const controlPlane = readControlPlane(reading, pods);
  const { members, notes: missing } = findMembers(reading, pods, controlPlane, config);
  const notes = createNotes(missing);
  let services: readonly MeshService[] | undefined;
  const context: IstioContext = {
    reading,
    pods,
    members,
    proxies: pods.where("istio proxies", ({ host }, index) => !host && isPossible(members[index] as Member)),
    config,
    // Without a mesh nobody asks for them.
    get services() {
      services ??= readServices(reading, pods);
      return services;
    },
    note: notes.add,
  };
  const policies = readAuthorizationPolicies(context);
  const modes = readPeerAuthentications(context);
  const overrides = readDestinationRules(context);
  const groups = groupDestinations(context, modes, overrides, policies.some(looksAtRequests));
  const rules = createMeshRules(reading);
  addAuthenticationRules(context, groups, modes, rules);
  const uses = findWaypointUses(context);
  const atWaypoints = new Set(policies.filter((policy) => uses.some((use) => isAtWaypoint(context, policy, use))));
  const { facts, isolated } = addAuthorizationRules(context, groups, policies, atWaypoints, rules);
  addWaypointRules(context, uses, policies, isolated, rules);
  addOutboundRules(context, rules);
  addOwnNodeRules(context, groups, rules);
  readEnvoyFilters(context);
  noteBypasses(context);
  noteRequestAuthentications(context, policies);
  return {
    members,
    modes: modes.map((mode, index) => (members[index]?.mesh === "none" ? undefined : mode)),
    authorization: members.map((_, index) => ({
      default: reading.podSets.has(isolated, index) ? "isolated" : "open",
      policies: facts.get(index) ?? [],
    })),
    controlPlanes: [...controlPlane.found, ...config.sources],
    overrides,
    notes: notes.list(),
    settings: { autoMtls: config.autoMtls, hbone: config.hbone },
    served: servedPorts(context),
    waypoints: new Map(
      uses.flatMap(({ service, evidence }) => [...service.pods.members].map((index) => [index, evidence])),
    ),
  };
}

function servedPorts(context: IstioContext): (index: number) => PortSet {
  const { portSets } = context.reading;
  let served: Map<number, PortSet> | undefined;
  return (index) => {
    if (served === undefined) {
      served = new Map();
      for (const { pods, targets } of context.services) {
        const ports = targets.reduce((all, target) => portSets.union(all, target.ports), portSets.none);
        for (const one of pods.members) served.set(one, portSets.union(served.get(one) ?? portSets.none, ports));
      }
    }
    return served.get(index) ?? portSets.none;
  };
}

/** One note for what is said of one place several times, with all the workloads. */
function createNotes(given: readonly MeshNote[]) {
  const byKey = new Map<string, { note: MeshNote; workloads: Set<number> }>();
  const ids = new Map<object, number>();
  function add(note: MeshNote): void {
    const id = ids.get(note.object) ?? ids.size;
    ids.set(note.object, id);
    const key = JSON.stringify([note.code, id, note.field, note.reason]);
    const there = byKey.get(key);
    if (there === undefined) byKey.set(key, { note, workloads: new Set(note.workloads) });
    else for (const index of note.workloads) there.workloads.add(index);
  }
  for (const note of given) add(note);
  return {
    add,
    list: (): readonly MeshNote[] =>
      [...byKey.values()].map(({ note, workloads }) => ({ ...note, workloads: [...workloads].sort((a, b) => a - b) })),
  };
}
