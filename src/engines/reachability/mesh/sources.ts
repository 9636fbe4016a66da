/**
 * Which sources a mesh's rule is about. A proxy sees who a client is only where the client speaks mTLS: the same pod may
 * present its identity on one port and none on another. A condition on identities is therefore held twice, against
 * pods that present one and against all that present none.
 */
import { append } from "../../../core/append.ts";
import { type AddressRange, covers, everyAddress, overlap, parseCidr, subtract, union } from "../addresses.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PortSet } from "../port-set.ts";
import type { Reading } from "../reading.ts";
import type { Doubt, Peer } from "../rule-model.ts";
import type { Pods } from "./members.ts";

/** Pods that present their identity to a destination on the same ports. */
export interface SourceClass {
  readonly pods: PodSet;
  /** Ports of the destination; on all others they are as anonymous as a pod outside the mesh. */
  readonly identified: PortSet;
  /** They may present one there, or not. */
  readonly doubt?: Doubt;
}

/** Each pod is in one class. */
export interface Sources {
  readonly classes: readonly SourceClass[];
  /** Members of the mesh that are no pods of this cluster: machines, other clusters. */
  readonly beyond?: Doubt;
}

export interface SourceCondition {
  /** Pods that it matches while they present their identity. */
  readonly identities: PodSet;
  /** Of those, the ones of which what was read does not tell. */
  readonly maybe?: { readonly pods: PodSet; readonly doubt: Doubt };
  /** Whether it matches what presents none. */
  readonly anonymous: boolean;
  /** Addresses of the connection's source; absent: any. */
  readonly ranges?: readonly AddressRange[];
}

/** One rule's peers on some of its ports. */
export interface SourceMatch {
  readonly ports: PortSet;
  readonly peers: readonly Peer[];
}

type Context = Pick<Reading, "podSets" | "portSets" | "settings"> & { readonly pods: Pods };

/** Any of the conditions; each port is in one match at most, and ports without a peer are in none. */
export function matchSources(
  context: Context,
  sources: Sources,
  conditions: readonly SourceCondition[],
  ports: PortSet,
): readonly SourceMatch[] {
  const { portSets, podSets } = context;
  if (
    conditions.some(
      ({ identities, anonymous, ranges }) => anonymous && ranges === undefined && identities === podSets.all,
    )
  ) {
    return ports === portSets.none ? [] : [{ ports, peers: [{ kind: "everything" }] }];
  }
  return cut(sources, ports, portSets).flatMap((part) => {
    const peers = conditions.flatMap((condition) => peersOf(context, sources, condition, part));
    return peers.length === 0 ? [] : [{ ports: part, peers: joined(context, peers) }];
  });
}

/** The ports in parts, on each of which every class is either identified or not. */
function cut({ classes }: Sources, ports: PortSet, portSets: Reading["portSets"]): readonly PortSet[] {
  let parts: PortSet[] = [ports];
  for (const identified of new Set(classes.map((one) => one.identified))) {
    parts = parts.flatMap((part) => [portSets.intersect(part, identified), portSets.subtract(part, identified)]);
    parts = parts.filter((part) => part !== portSets.none);
  }
  return parts;
}

function peersOf(context: Context, sources: Sources, condition: SourceCondition, part: PortSet): readonly Peer[] {
  const { podSets, portSets } = context;
  const { identities, maybe, anonymous, ranges } = condition;
  const peers: Peer[] = [];
  const add = (pods: PodSet, doubt?: Doubt) => peers.push(...byAddress(context, pods, ranges, doubt));
  for (const one of sources.classes) {
    const isIdentified = portSets.subtract(part, one.identified) === portSets.none;
    const without = anonymous ? one.pods : podSets.none;
    if (!isIdentified) {
      add(without);
      continue;
    }
    const matched = podSets.intersect(one.pods, identities);
    const unsure = maybe === undefined ? podSets.none : podSets.intersect(one.pods, maybe.pods);
    const sure = podSets.subtract(matched, unsure);
    if (one.doubt === undefined) {
      add(sure);
      if (maybe !== undefined) add(unsure, maybe.doubt);
      continue;
    }
    const either = podSets.intersect(sure, without);
    add(either);
    add(podSets.subtract(podSets.union([matched, unsure, without]), either), one.doubt);
  }
  if (anonymous) append(peers, elsewhere(ranges));
  else if (sources.beyond !== undefined) peers.push({ kind: "outside", doubt: sources.beyond });
  return peers;
}

/** All that is no pod: it presents no identity. */
function elsewhere(ranges: readonly AddressRange[] | undefined): readonly Peer[] {
  if (ranges === undefined) return [{ kind: "outside" }, { kind: "nodes", nodes: "all" }];
  return ranges.length === 0 ? [] : [{ kind: "addresses", ranges, matches: { pods: "never", nodes: "by-address" } }];
}

/** Those of the pods that have an address in the ranges. */
function byAddress(
  { podSets, pods: { where, list }, settings }: Context,
  pods: PodSet,
  ranges: readonly AddressRange[] | undefined,
  doubt: Doubt | undefined,
): readonly Peer[] {
  if (pods.members.length === 0) return [];
  if (ranges === undefined) return [doubt === undefined ? { kind: "pods", pods } : { kind: "pods", pods, doubt }];
  const known = union(settings.podCidrs);
  const hasIpv6 =
    known.some(({ family }) => family === 6) ||
    list.some(({ addresses }) => addresses.some((one) => one.includes(":")));
  const name = `${ranges.map(({ family, first, last }) => `${family} ${first} ${last}`).join()}`;
  const answer = (pod: PodEndpoint) => isIn(pod, union(ranges), known, hasIpv6);
  const sure = podSets.intersect(
    pods,
    where(`in ${name}`, (pod) => answer(pod) === "yes"),
  );
  const maybe = podSets.intersect(
    pods,
    where(`may be in ${name}`, (pod) => answer(pod) === "maybe"),
  );
  const peers: Peer[] = [];
  if (sure.members.length > 0)
    peers.push(doubt === undefined ? { kind: "pods", pods: sure } : { kind: "pods", pods: sure, doubt });
  if (maybe.members.length > 0) peers.push({ kind: "pods", pods: maybe, doubt: doubt ?? UNKNOWN_ADDRESS });
  return peers;
}

const UNKNOWN_ADDRESS: Doubt = {
  code: "network.pod-address",
  reason: "the rule goes by source address, and the addresses of these pods are not known",
  remedy: "state cluster.podCIDRs in bulkhead.yaml, or audit the live cluster",
};

function isIn(
  { addresses }: PodEndpoint,
  ranges: readonly AddressRange[],
  podCidrs: readonly AddressRange[],
  hasIpv6: boolean,
): "yes" | "maybe" | "no" {
  const own = addresses.flatMap((address) => parseCidr(address) ?? []);
  const known = own.length > 0 ? own : podCidrs;
  const possible = known.length > 0 ? known : everyAddress.filter(({ family }) => family === 4 || hasIpv6);
  if (subtract(possible, ranges).length === 0) return "yes";
  if (!possible.some((one) => ranges.some((range) => overlap(one, range)))) return "no";
  // Each pod of the workload has its own, and whoever comes from any of them is the workload.
  return "maybe";
}

/** Sets of pods with equal doubts as one; `covers` of addresses is left to the engine. */
function joined({ podSets }: Context, peers: readonly Peer[]): readonly Peer[] {
  const sets = new Map<Doubt | undefined, PodSet[]>();
  const others: Peer[] = [];
  for (const peer of peers) {
    if (peer.kind !== "pods") {
      if (!others.some((other) => JSON.stringify(comparable(other)) === JSON.stringify(comparable(peer))))
        others.push(peer);
      continue;
    }
    const list = sets.get(peer.doubt);
    if (list === undefined) sets.set(peer.doubt, [peer.pods]);
    else list.push(peer.pods);
  }
  const sure = podSets.union(sets.get(undefined) ?? []);
  const result: Peer[] = sure.members.length === 0 ? [] : [{ kind: "pods", pods: sure }];
  for (const [doubt, list] of sets) {
    if (doubt === undefined) continue;
    const pods = podSets.subtract(podSets.union(list), sure);
    if (pods.members.length > 0) result.push({ kind: "pods", pods, doubt });
  }
  return [...result, ...others];
}

function comparable(peer: Peer): unknown {
  return peer.kind === "addresses"
    ? peer.ranges.map(({ family, first, last }) => `${family} ${first} ${last}`)
    : { ...peer, doubt: "doubt" in peer ? peer.doubt?.code : undefined };
}

/** What lies in every one of the lists. */
export function intersectRanges(lists: readonly (readonly AddressRange[])[]): readonly AddressRange[] {
  return lists.reduce<readonly AddressRange[]>(
    (left, list) => subtract(left, subtract(everyAddress, list)),
    everyAddress,
  );
}

/** Whether it is every address there is. */
export function isEverywhere(ranges: readonly AddressRange[]): boolean {
  return everyAddress.every((all) => union(ranges).some((range) => covers(range, all)));
}
