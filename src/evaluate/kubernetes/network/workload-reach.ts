/** What each workload reaches outside the cluster, and what keeps it from that. */
import type { DirectionReach, Opened, ReachedService, ReachingWorkload } from "../../../checks/subjects/network.ts";
import type { Manifests } from "../../../engines/kubernetes/model.ts";
import type { Network, PodEndpoint, Rule } from "../../../engines/reachability/model.ts";
import { credentialsOf } from "./credentials.ts";
import { dnsOf } from "./dns.ts";
import { meshedWorkloads } from "./mesh-reach.ts";
import { type Direction, openedBy, portsOf, ruleOf, stageAt, stageOf } from "./opening.ts";
import type { OutsideAddress, OutsideOverview } from "./outside-reach.ts";

/** Addresses that no rule names one by one: a /8 of IPv4, a /32 of IPv6 (what a provider is given). */
const AT_LARGE = { 4: 1n << 24n, 6: 1n << 96n } as const;

/**
 * @param trustedInternet - workloads that a policy which the caller vouches for means to reach all of the internet
 */
export function workloadReach(
  network: Network,
  manifests: Manifests,
  {
    outside,
    trustedInternet,
  }: { readonly outside: OutsideOverview; readonly trustedInternet: (name: string) => boolean },
): (endpoint: number) => ReachingWorkload {
  const credentials = credentialsOf(manifests);
  const services = outside.addresses.flatMap(({ endpoint: { metadata }, index }) =>
    metadata === undefined ? [] : [{ index, service: metadata.name, address: metadata.address }],
  );
  const dns = dnsOf(network);
  const mesh = meshedWorkloads(network);
  const undoing = undoingRules(network);
  /** By class: all pods of one have the same. */
  const reached = new Map<number, Pick<ReachingWorkload, "internet" | "metadata">>();

  function direction(index: number, { host }: PodEndpoint, way: Direction): DirectionReach {
    if (host || network.enforced === "no") return { isolated: "no" };
    const isolated = network.isolated(index, way);
    const rule = isolated === "no" ? undefined : undoing[way].find(({ subject }) => subject.members.includes(index));
    return { isolated, ...(rule === undefined ? {} : { undoneBy: ruleOf(rule) }) };
  }

  function reach(index: number, { host }: PodEndpoint): Pick<ReachingWorkload, "internet" | "metadata"> {
    if (host) {
      const all = { by: { kind: "host" }, ports: "all ports" } as const;
      return { metadata: services.map(({ service, address }) => ({ service, address, ...all })) };
    }
    const own = network.classOf[index] as number;
    const known = reached.get(own);
    if (known !== undefined) return known;
    const { open } = outside.of(index);
    const isOpen = new Set(open);
    const internet = internetOf(network, index, isOpen, outside.addresses);
    const found = {
      ...(internet === undefined ? {} : { internet }),
      metadata: services.flatMap(({ service, address, index: to }): ReachedService[] => {
        if (!isOpen.has(to)) return [];
        const by = openedBy(network, "egress", index, to);
        return by.kind === "host"
          ? []
          : [{ service, address, by, ports: portsOf(stageAt(network, "egress", index, to)) }];
      }),
    };
    reached.set(own, found);
    return found;
  }

  return (index) => {
    const endpoint = network.endpoints[index] as PodEndpoint;
    const { name, workload, host } = endpoint;
    const { internet, metadata } = reach(index, endpoint);
    return {
      name,
      workload,
      host,
      ingress: direction(index, endpoint, "ingress"),
      egress: direction(index, endpoint, "egress"),
      ...(internet === undefined || trustedInternet(name) ? {} : { internet }),
      metadata,
      dns: dns(index, endpoint),
      mesh: mesh(index),
      credentials: credentials(workload),
    };
  };
}

/** Rules that let through every peer on every port. */
function undoingRules({ rules, portSets }: Network): Readonly<Record<Direction, readonly Rule[]>> {
  const of = (direction: Direction) =>
    rules.filter(
      ({ stage, action, peers, ports, doubt }) =>
        stage === stageOf[direction] &&
        action === "accept" &&
        doubt === undefined &&
        ports.numbers === portSets.all &&
        peers.some(({ kind }) => kind === "everything"),
    );
  return { ingress: of("ingress"), egress: of("egress") };
}

function internetOf(
  network: Network,
  from: number,
  isOpen: ReadonlySet<number>,
  addresses: readonly OutsideAddress[],
): Opened | undefined {
  const open = { 4: 0n, 6: 0n };
  let widest: { readonly index: number; readonly size: bigint } | undefined;
  for (const { index, endpoint } of addresses) {
    if (endpoint.scope !== "internet" || !isOpen.has(index)) continue;
    for (const { family, first, last } of endpoint.ranges) {
      const size = last - first + 1n;
      open[family] += size;
      // Of both families one is shown: a /8 of the one is as wide as a /32 of the other.
      const weight = family === 4 ? size << 72n : size;
      if (widest === undefined || weight > widest.size) widest = { index, size: weight };
    }
  }
  if (widest === undefined || (open[4] <= AT_LARGE[4] && open[6] <= AT_LARGE[6])) return undefined;
  const by = openedBy(network, "egress", from, widest.index);
  return { by, ports: portsOf(stageAt(network, "egress", from, widest.index)) };
}
