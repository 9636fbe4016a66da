/**
 * Linkerd, as rules of the stage `mesh-authorization` and as facts. mTLS between meshed pods is automatic; whether a client
 * without it is let in is a matter of authorization. A port with a Server goes by that Server's authorizations and its
 * accessPolicy, any other by the workload's default policy. For TCP alone: UDP passes by the proxy.
 */
import { noteBypasses } from "../mesh/bypasses.ts";
import { createMeshRules } from "../mesh/emit.ts";
import { indexPods, type Member } from "../mesh/members.ts";
import type { ControlPlane, InboundMtls, MeshNote, WorkloadAuthorization } from "../mesh-model.ts";
import type { Reading } from "../reading.ts";
import { type IdentityContext, readAuthentications } from "./authentications.ts";
import { readAuthorizations } from "./authorizations.ts";
import { readLinkerdConfig } from "./configuration.ts";
import type { LinkerdContext } from "./context.ts";
import { addEgressNetworks } from "./egress-networks.ts";
import { authorizationOf, modesOf, noteUnused } from "./facts.ts";
import { findLinkerdMembers } from "./membership.ts";
import { addDefaults, addServer, defaultOf } from "./rules.ts";
import { readServers, type Server, servedPorts } from "./servers.ts";
import { sourcesOf } from "./sources.ts";

/** Of each workload, at its index. */
export interface LinkerdFacts {
  readonly members: readonly Member[];
  readonly modes: readonly (InboundMtls | undefined)[];
  readonly authorization: readonly WorkloadAuthorization[];
  readonly controlPlanes: readonly ControlPlane[];
  readonly notes: readonly MeshNote[];
}

export function readLinkerd(reading: Reading): LinkerdFacts {
  const pods = indexPods(reading);
  const config = readLinkerdConfig(reading);
  const { members, notes: missing, controlPlanes, namespaces } = findLinkerdMembers(reading, pods, config);
  const notes: MeshNote[] = [...missing];
  const isPossible = ({ mesh, certainty }: Member) => mesh !== "none" || certainty === "unknown";
  const proxies = pods.where("linkerd proxies", ({ host }, index) => !host && isPossible(members[index] as Member));
  const base: IdentityContext = { reading, pods, config };
  const context: LinkerdContext = {
    ...base,
    proxies,
    members,
    namespaces,
    sources: sourcesOf(reading, pods, members, proxies),
    rules: createMeshRules(reading),
    note: (note) => notes.push(note),
  };
  const authorizations = readAuthorizations({
    ...base,
    proxies,
    authentications: readAuthentications(base),
    note: context.note,
  });
  const servers = readServers(reading, proxies);
  const served = servedPorts(servers, pods);
  const defaults = pods.list.map((_, index) =>
    reading.podSets.has(proxies, index) ? defaultOf(context, index) : undefined,
  );
  if (defaults.some((one) => one?.isKnown === false)) gapUnread(reading);
  const strict = new Map<Server, boolean>();
  const byServer = new Map(servers.map((server) => [server, authorizations.filter((one) => one.isFor(server))]));
  for (const server of servers) strict.set(server, addServer(context, server, byServer.get(server) ?? [], served));
  addDefaults(context, defaults, served);
  addEgressNetworks(context);
  noteUnused(context, servers, authorizations);
  noteBypasses(context);
  return {
    members,
    modes: defaults.map((one, index) =>
      one === undefined || members[index]?.mesh === "none" ? undefined : modesOf(one, served.get(index), strict),
    ),
    authorization: defaults.map((one, index) => authorizationOf(one, served.get(index), byServer)),
    controlPlanes,
    notes,
  };
}

/** It is stricter at most: reach is told as it is by default, and whoever reads it is told that it may be less. */
function gapUnread(reading: Reading): void {
  reading.gap({
    code: "mesh.default-policy",
    reason:
      "Linkerd's configuration was not read: the default policy is taken for all-unauthenticated, that of an installation",
    remedy: "add the ConfigMap linkerd-config to what is read, or audit the live cluster",
  });
}
