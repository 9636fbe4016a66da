/** What Bulkhead computes of a sample, in the form of the comparison. */

import { parseCidr } from "../../src/engines/reachability/addresses.ts";
import { exposuresOf } from "../../src/engines/reachability/exposure/exposures.ts";
import type { ClusterSettings, Network } from "../../src/engines/reachability/model.ts";
import { intervalsOf, type PortSet } from "../../src/engines/reachability/model.ts";
import {
  addOutside,
  addWithin,
  type Connections,
  INGRESS_CONTROLLER,
  joined,
  noConnections,
  type Outside,
  type Peer,
  portsOf,
  type Said,
} from "./connections.ts";

/**
 * The cluster that netpol-analyzer supposes: rules by address hold for pods whose addresses stand in the manifests, and for
 * no others. So the CNI is one that compares addresses, and pods and nodes without a stated one have theirs where no
 * sample's policy names any (RFC 3849: addresses of documentation, which nobody has).
 */
export const supposedCluster: ClusterSettings = {
  cni: "ovn-kubernetes",
  podCidrs: [cidr("2001:db8:0:1::/64")],
  nodeCidrs: [cidr("2001:db8:0:2::/64")],
  serviceCidrs: [],
};

function cidr(text: string) {
  const range = parseCidr(text);
  if (range === undefined) throw new Error(text);
  return range;
}

export function computedOf(network: Network): Connections {
  const connections = noConnections();
  const names = network.endpoints.map((endpoint) => (endpoint.kind === "pods" ? peerName(endpoint.name) : undefined));
  const said = createSaid();
  for (const [from, source] of network.endpoints.entries()) {
    const sourceName = names[from];
    for (const [to, target] of network.endpoints.entries()) {
      const targetName = names[to];
      if (from === to) continue;
      if (sourceName !== undefined && targetName !== undefined) {
        const { allowed, unknown } = network.connection(from, to);
        addUnlessDenied(said(allowed, unknown), (one) => addWithin(connections, sourceName, targetName, one));
      } else if (source.kind === "addresses" && targetName !== undefined) {
        addRanges(connections.incoming, targetName, source.ranges, network.connection(from, to), said);
      } else if (target.kind === "addresses" && sourceName !== undefined) {
        addRanges(connections.outgoing, sourceName, target.ranges, network.connection(from, to), said);
      }
    }
  }
  addIngress(network, connections, said);
  for (const side of [connections.incoming, connections.outgoing]) {
    for (const [peer, ranges] of side) side.set(peer, flattened(ranges));
  }
  return connections;
}

/**
 * What Ingresses and Routes lead to, where every pod of the cluster may connect: that of the controller, which was not
 * read, is one of them. Where it depends on the controller netpol-analyzer names no connection either (its documentation,
 * "Possible warnings").
 */
function addIngress(network: Network, connections: Connections, said: SaidOf): void {
  for (const { way, targets } of exposuresOf(network)) {
    if (way !== "ingress" && way !== "openshift-route") continue;
    for (const { endpoint, allowed } of targets) {
      const pod = network.endpoints[endpoint];
      if (pod?.kind !== "pods") continue;
      addUnlessDenied(said(allowed, network.portSets.none), (one) =>
        addWithin(connections, INGRESS_CONTROLLER, peerName(pod.name), one),
      );
    }
  }
}

/** `shop/Deployment/web` → `shop/web[Deployment]`; an owner that does not say its kind is called a Pod there. */
export function peerName(name: string): Peer {
  const [namespace, kind, ...rest] = name.split("/");
  return `${namespace}/${rest.join("/")}[${kind || "Pod"}]`;
}

type SaidOf = (allowed: PortSet, unknown: PortSet) => Said;

function createSaid(): SaidOf {
  const known = new Map<PortSet, Said["allowed"]>();
  const ports = (set: PortSet) => {
    let found = known.get(set);
    if (found === undefined) {
      found = portsOf(intervalsOf(set));
      known.set(set, found);
    }
    return found;
  };
  return (allowed, unknown) => ({ allowed: ports(allowed), unknown: ports(unknown) });
}

function addUnlessDenied(said: Said, add: (said: Said) => void): void {
  if (said.allowed.length > 0 || said.unknown.length > 0) add(said);
}

function addRanges(
  side: Map<Peer, Outside[]>,
  peer: Peer,
  ranges: readonly { readonly family: 4 | 6; readonly first: bigint; readonly last: bigint }[],
  { allowed, unknown }: { readonly allowed: PortSet; readonly unknown: PortSet },
  said: SaidOf,
): void {
  for (const { family, first, last } of ranges) {
    if (family !== 4) continue;
    addUnlessDenied(said(allowed, unknown), (one) =>
      addOutside(side, peer, { first: Number(first), last: Number(last), ...one }),
    );
  }
}

/** Where two workloads go by one name their ranges overlap: what either says holds. */
function flattened(ranges: readonly Outside[]): Outside[] {
  const sorted = ranges.toSorted((a, b) => a.first - b.first);
  if (sorted.every(({ first }, index) => index === 0 || (sorted[index - 1] as Outside).last < first)) return sorted;
  const edges = [...new Set(sorted.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b);
  return edges.flatMap((first, index) => {
    const last = (edges[index + 1] ?? 0) - 1;
    const here = sorted.filter((one) => one.first <= first && last <= one.last);
    if (here.length === 0) return [];
    return [{ first, last, ...here.map(({ allowed, unknown }): Said => ({ allowed, unknown })).reduce(joined) }];
  });
}
