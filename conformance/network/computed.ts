/** What `bulkhead network map --format json` says of a sample, in the form of the comparison. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { networkMap } from "../../src/cli/network/map.ts";
import {
  addOutside,
  addWithin,
  type Connections,
  INGRESS_CONTROLLER,
  type Interval,
  joined,
  noConnections,
  type Outside,
  type Peer,
  parseRange,
  portsOf,
  type Range,
  type Said,
} from "./connections.ts";

/**
 * The cluster that netpol-analyzer supposes: rules by address hold for pods whose addresses stand in the manifests, and for
 * no others. So the CNI is one that compares addresses, and pods and nodes without a stated one have theirs where no
 * sample's policy names any (RFC 3849: addresses of documentation, which nobody has).
 */
const SUPPOSED_CLUSTER = `apiVersion: bulkhead/v1
cluster:
  cni: ovn-kubernetes
  podCIDRs: ["2001:db8:0:1::/64"]
  nodeCIDRs: ["2001:db8:0:2::/64"]
`;

/** Of the JSON, what this reads. */
interface Mapped {
  readonly endpoints: readonly { readonly name: string; readonly kind: string; readonly ranges?: readonly string[] }[];
  readonly groups: readonly (readonly number[])[];
  readonly connections: readonly {
    readonly from: readonly number[];
    readonly to: readonly number[];
    readonly allowed: readonly Interval[];
    readonly unknown: readonly Interval[];
  }[];
  readonly exposures: readonly {
    readonly way: string;
    readonly targets: readonly { readonly to: number; readonly allowed: readonly Interval[] }[];
  }[];
}

/** @param temporary - a folder of the run's own */
export async function computedOf(root: string, temporary: string): Promise<Connections> {
  const folder = mkdtempSync(join(temporary, "map-"));
  const [policy, output] = [join(folder, "bulkhead.yaml"), join(folder, "map.json")];
  writeFileSync(policy, SUPPOSED_CLUSTER);
  const common = { cluster: false, render: false, exclude: [], respectGitignore: false, exposed: false, all: false };
  await networkMap(root, { ...common, policy, quiet: true, format: [`json=${output}`] });
  return connectionsOf(JSON.parse(readFileSync(output, "utf8")) as Mapped);
}

export function connectionsOf({ endpoints, groups, connections: blocks, exposures }: Mapped): Connections {
  const connections = noConnections();
  const ends = endpoints.map(({ name, kind, ranges = [] }) => ({
    name: kind === "workload" ? peerName(name) : undefined,
    ranges: kind === "addresses" ? ranges.flatMap((text) => parseRange(text) ?? []) : [],
  }));
  for (const { from, to, ...ports } of blocks) {
    const said: Said = { allowed: portsOf(ports.allowed), unknown: portsOf(ports.unknown) };
    if (said.allowed.length + said.unknown.length === 0) continue;
    for (const source of members(groups, from)) {
      for (const target of members(groups, to)) {
        if (source !== target) add(connections, ends[source] ?? NO_END, ends[target] ?? NO_END, said);
      }
    }
  }
  // What Ingresses and Routes lead to, where every pod may connect: that of the controller, which was not read, is one of
  // them. Where it depends on the controller netpol-analyzer names no connection either (its documentation, "Possible
  // warnings").
  for (const { way, targets } of exposures) {
    if (way !== "ingress" && way !== "openshift-route") continue;
    for (const { to, allowed } of targets) {
      const name = ends[to]?.name;
      if (name === undefined || allowed.length === 0) continue;
      addWithin(connections, INGRESS_CONTROLLER, name, { allowed: portsOf(allowed), unknown: [] });
    }
  }
  for (const side of [connections.incoming, connections.outgoing]) {
    for (const [peer, ranges] of side) side.set(peer, flattened(ranges));
  }
  return connections;
}

interface End {
  readonly name: Peer | undefined;
  readonly ranges: readonly Range[];
}

const NO_END: End = { name: undefined, ranges: [] };

function add(connections: Connections, from: End, to: End, said: Said): void {
  if (from.name !== undefined && to.name !== undefined) addWithin(connections, from.name, to.name, said);
  else if (to.name !== undefined) {
    for (const range of from.ranges) addOutside(connections.incoming, to.name, { ...range, ...said });
  } else if (from.name !== undefined) {
    for (const range of to.ranges) addOutside(connections.outgoing, from.name, { ...range, ...said });
  }
}

function* members(groups: Mapped["groups"], chosen: readonly number[]): Generator<number> {
  for (const group of chosen) yield* groups[group] ?? [];
}

/** `shop/Deployment/web` → `shop/web[Deployment]`; an owner that does not say its kind is called a Pod there. */
function peerName(name: string): Peer {
  const [namespace, kind, ...rest] = name.split("/");
  return `${namespace}/${rest.join("/")}[${kind || "Pod"}]`;
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
