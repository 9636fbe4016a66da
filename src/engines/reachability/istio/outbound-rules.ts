/**
 * REGISTRY_ONLY as rules of the stage `mesh-outbound`: a sidecar lets out connections to Services and ServiceEntries that it
 * knows, and no others. What it does not see, it does not stop. ztunnel has no such mode.
 * Source: https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
 */
import type { KubernetesObject } from "../../kubernetes/model.ts";
import type { MeshRules } from "../mesh/emit.ts";
import { groupBy, type Member } from "../mesh/members.ts";
import type { MeshService } from "../mesh/services.ts";
import type { MeshPlace } from "../mesh-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PortSet } from "../port-set.ts";
import { bands, type Doubt, type Peer, type Rule } from "../rule-model.ts";
import { type IstioContext, isPossible } from "./context.ts";
import { kindOf } from "./destinations.ts";
import { readServiceEntries, type ServiceEntry } from "./service-entries.ts";
import {
  isExportedTo,
  isImported,
  type OutboundScope,
  readSidecars,
  type SidecarResource,
  scopeOf,
} from "./sidecar-scope.ts";
import { virtualServiceHosts } from "./virtual-services.ts";

const SOURCE = "https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/";

export function addOutboundRules(context: IstioContext, rules: MeshRules): void {
  const { pods, members } = context;
  const sidecars = readSidecars(context);
  const scopes = pods.list.map((pod, index) => {
    const member = members[index] as Member;
    if (!isPossible(member) || kindOf(member) !== "sidecar") return undefined;
    return scopeOf(context, sidecars, pod);
  });
  if (!context.config.isRead && scopes.some((scope, index) => scope !== undefined && members[index]?.mesh !== "none")) {
    gapUnread(context);
  }
  const closed = scopes.flatMap((scope, index) => (scope?.mode === "REGISTRY_ONLY" ? [index] : []));
  if (closed.length === 0) return;
  const registry = readRegistry(context);
  const groups = groupBy(closed, (index) => {
    const { bypass, doubt } = members[index] as Member;
    const { sidecar, doubt: disputed } = scopes[index] as OutboundScope;
    const place = sidecar === undefined ? -1 : sidecars.indexOf(sidecar);
    return JSON.stringify([
      place,
      pods.list[index]?.namespace,
      bypass.outbound.id,
      ranges(bypass.outboundRanges),
      doubt?.reason,
      disputed?.reason,
    ]);
  });
  const byKnown = new Map<string, number[]>();
  const made = [...groups.values()].map((indices) => {
    const first = indices[0] as number;
    const scope = scopes[first] as OutboundScope;
    const member = members[first] as Member;
    const known = knownTo(context, scope.sidecar, pods.list[first]?.namespace ?? "", registry);
    return { indices, scope, member, known };
  });
  // Namespaces whose proxies know the same have the same rules.
  for (const [place, { scope, member, known }] of made.entries()) {
    const key = JSON.stringify([
      known.key,
      member.bypass.outbound.id,
      ranges(member.bypass.outboundRanges),
      member.doubt?.reason,
      scope.doubt?.reason,
      nameOf(scope.decidedBy?.object),
    ]);
    const there = byKnown.get(key);
    if (there === undefined) byKnown.set(key, [place]);
    else there.push(place);
  }
  for (const [key, places] of byKnown) {
    const inGroup = new Set(places.flatMap((place) => made[place]?.indices ?? []));
    const subject = pods.where(`outbound ${key}`, (_, index) => inGroup.has(index));
    const { scope, member, known } = made[places[0] as number] as (typeof made)[number];
    addForGroup(context, rules, subject, scope, member, known);
  }
}

/** It is stricter at most: reach is told as it is by default, and whoever reads it is told that it may be less. */
function gapUnread({ reading }: IstioContext): void {
  reading.gap({
    code: "mesh.outbound-mode",
    reason: "Istio's configuration was not read: outboundTrafficPolicy is taken for ALLOW_ANY, its default",
    remedy: "add the ConfigMap istio to what is read, or audit the live cluster",
  });
}

function ranges(list: Member["bypass"]["outboundRanges"]): string {
  return list.map(({ family, first, last }) => `${family} ${first} ${last}`).join();
}

function nameOf(object: KubernetesObject | undefined): string {
  return object === undefined ? "" : `${object.kind}/${object.namespace ?? ""}/${object.name}`;
}

interface Registry {
  readonly entries: readonly ServiceEntry[];
  /** Hosts that a VirtualService leads to: they are imported with it. */
  readonly led: ReadonlySet<string>;
  /** Equal texts are equal numbers. */
  number(text: string): number;
}

function readRegistry(context: IstioContext): Registry {
  const numbers = new Map<string, number>();
  return {
    entries: readServiceEntries(context),
    led: virtualServiceHosts(context.reading),
    number(text) {
      const found = numbers.get(text) ?? numbers.size;
      numbers.set(text, found);
      return found;
    },
  };
}

interface Known {
  /** Equal for what is equal. */
  readonly key: number;
  readonly services: readonly { readonly service: MeshService; readonly ports: PortSet; readonly maybe: boolean }[];
  readonly entries: readonly { readonly entry: ServiceEntry; readonly places: readonly number[] }[];
}

function knownTo(
  context: IstioContext,
  sidecar: SidecarResource | undefined,
  own: string,
  { entries, led, number }: Registry,
): Known {
  const { config, services, reading } = context;
  const { portSets } = reading;
  const key: string[] = [];
  const knownServices = services.flatMap((service, index) => {
    const { object, namespace, host, targets } = service;
    const exportTo = (object.annotations["networking.istio.io/exportTo"] ?? "")
      .split(",")
      .map((to) => to.trim())
      .filter((to) => to !== "");
    if (!isExportedTo(exportTo, config.defaultServiceExportTo, own, namespace)) return [];
    const imported = targets.filter(({ port }) => isImported(sidecar, own, namespace, host, port));
    const ports = (list: typeof targets) => list.reduce((all, one) => portSets.union(all, one.ports), portSets.none);
    const maybe = imported.length === 0;
    if (maybe && (sidecar?.egress === undefined || !led.has(host))) return [];
    const known = { service, ports: ports(maybe ? targets : imported), maybe };
    key.push(`${index}:${known.ports.id}${maybe ? "?" : ""}`);
    return [known];
  });
  const knownEntries = entries.flatMap((entry, index) => {
    if (!isExportedTo(entry.exportTo, config.defaultServiceEntryExportTo, own, entry.namespace)) return [];
    const places = entry.reached.flatMap(({ port }, place) =>
      entry.hosts.some(
        (host) =>
          (sidecar?.egress !== undefined && led.has(host)) || isImported(sidecar, own, entry.namespace, host, port),
      )
        ? [place]
        : [],
    );
    if (places.length === 0) return [];
    key.push(`entry ${index}:${places.join("+")}`);
    return [{ entry, places }];
  });
  return { key: number(key.join()), services: knownServices, entries: knownEntries };
}

const BY_VIRTUAL_SERVICE: Doubt = {
  code: "mesh.virtual-service",
  reason: "a VirtualService leads to the Service, and may bring it into what the proxy knows",
  remedy: "name the Service in the Sidecar's egress hosts",
};

const WITHOUT_SELECTOR: Doubt = {
  code: "mesh.service-endpoints",
  reason: "a Service without a selector (as the API server's) is in the registry, and where it leads was not read",
};

function addForGroup(
  context: IstioContext,
  rules: MeshRules,
  subject: PodSet,
  { decidedBy, doubt }: OutboundScope,
  { bypass, doubt: membership }: Member,
  known: Known,
): void {
  const { podSets, portSets } = context.reading;
  const tcp = portSets.protocol("TCP");
  const place: MeshPlace = decidedBy ?? {
    object: context.pods.list[subject.members[0] as number]?.workload.object as KubernetesObject,
    field: [],
  };
  const add = (
    rule: Partial<MeshPlace> & Pick<Rule, "peers"> & { readonly ports: PortSet; readonly narrowing?: string },
    band: number,
    action: Rule["action"],
    doubts: readonly (Doubt | undefined)[],
  ) => rules.add({ stage: "mesh-outbound", ...place, ...rule, band, action, subject, source: SOURCE, doubts });

  const [left] = bypass.places;
  const leftOut = left === undefined ? {} : { object: left.object, field: left.field };
  add({ ...leftOut, peers: [{ kind: "everything" }], ports: bypass.outbound }, bands.bypass, "accept", []);
  if (bypass.outboundRanges.length > 0) {
    const peers: Peer[] = [
      { kind: "addresses", ranges: bypass.outboundRanges, matches: { pods: "by-address", nodes: "by-address" } },
    ];
    add({ ...leftOut, peers, ports: tcp }, bands.bypass, "accept", []);
  }

  for (const maybe of [false, true]) {
    const byPorts = new Map<PortSet, PodSet[]>();
    for (const { service, ports, maybe: isUnsure } of known.services) {
      if (isUnsure !== maybe || ports === portSets.none) continue;
      const there = byPorts.get(ports);
      if (there === undefined) byPorts.set(ports, [service.pods]);
      else there.push(service.pods);
    }
    for (const [ports, sets] of byPorts) {
      const pods = podSets.union(sets);
      if (pods.members.length > 0)
        add({ peers: [{ kind: "pods", pods }], ports }, bands.allow, "accept", [
          maybe ? BY_VIRTUAL_SERVICE : undefined,
        ]);
    }
  }
  let anywhere: MeshPlace | undefined;
  for (const { service } of known.services) {
    const { externalName, type, selector } = service.service;
    const field = { object: service.object, field: ["spec"] };
    if (type === "ExternalName" && externalName !== undefined) {
      add(
        { ...field, peers: [{ kind: "domains", patterns: [externalName.toLowerCase()] }], ports: tcp },
        bands.allow,
        "accept",
        [],
      );
    } else if (Object.keys(selector).length === 0) anywhere ??= field;
  }
  if (anywhere !== undefined) {
    const peers: Peer[] = [{ kind: "outside" }, { kind: "nodes", nodes: "all" }];
    add({ ...anywhere, peers, ports: tcp }, bands.allow, "accept", [WITHOUT_SELECTOR]);
  }
  for (const { entry, places } of known.entries) {
    for (const at of places) {
      const reached = entry.reached[at];
      if (reached === undefined) continue;
      const { peers, ports, narrowing } = reached;
      const rule = {
        object: entry.object,
        field: ["spec", "ports", at],
        peers,
        ports: portSets.of(ports),
        ...(narrowing === undefined ? {} : { narrowing }),
      };
      add(rule, bands.allow, "accept", []);
    }
  }
  add({ peers: [{ kind: "everything" }], ports: tcp }, bands.isolation, "deny", [membership, doubt]);
  context.note({
    code: "mesh.registry-only",
    reason: "REGISTRY_ONLY is held by the workload's own sidecar, which an attacker in the pod can go around",
    remedy: "add a NetworkPolicy for egress",
    ...place,
    workloads: [...subject.members],
  });
}
