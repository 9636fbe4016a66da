/** What each workload reaches outside the cluster, and what keeps it from that. */
import type { DirectionReach, Opened, ReachedService, ReachingWorkload } from "../../../checks/subjects/network.ts";
import type { Manifests } from "../../../engines/kubernetes/model.ts";
import type { AddressEndpoint, Network, PodEndpoint, Rule } from "../../../engines/reachability/model.ts";
import { credentialsOf } from "./credentials.ts";
import { dnsOf } from "./dns.ts";
import { meshedWorkloads } from "./mesh-reach.ts";
import { type Direction, openedBy, portsOf, ruleOf, stageAt, stageOf } from "./opening.ts";

/** Addresses that no rule names one by one: a /8 of IPv4, a /32 of IPv6 (what a provider is given). */
const AT_LARGE = { 4: 1n << 24n, 6: 1n << 96n } as const;

/**
 * @param trustedInternet - workloads that a policy which the caller vouches for means to reach all of the internet
 */
export function workloadReach(
  network: Network,
  manifests: Manifests,
  trustedInternet: (name: string) => boolean,
): (endpoint: number) => ReachingWorkload {
  const credentials = credentialsOf(manifests);
  const outside = outsideOf(network);
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
      return { metadata: outside.metadata.map(({ service, address }) => ({ service, address, ...all })) };
    }
    const own = network.classOf[index] as number;
    const known = reached.get(own);
    if (known !== undefined) return known;
    const internet = internetOf(network, index, outside.internet);
    const found = {
      ...(internet === undefined ? {} : { internet }),
      metadata: outside.metadata.flatMap(({ service, address, index: to }): ReachedService[] => {
        const connection = stageAt(network, "egress", index, to);
        if (connection.allowed === network.portSets.none) return [];
        const by = openedBy(network, "egress", index, to);
        return by.kind === "host" ? [] : [{ service, address, by, ports: portsOf(connection) }];
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

interface Outside {
  readonly internet: readonly { readonly index: number; readonly endpoint: AddressEndpoint }[];
  readonly metadata: readonly { readonly index: number; readonly service: string; readonly address: string }[];
}

/** Without addresses that give a pod its own identity and no other. */
function outsideOf({ endpoints }: Network): Outside {
  const addresses = endpoints.flatMap((endpoint, index) =>
    endpoint.kind === "addresses" ? [{ endpoint, index }] : [],
  );
  return {
    internet: addresses.filter(({ endpoint }) => endpoint.scope === "internet"),
    metadata: addresses.flatMap(({ endpoint: { metadata }, index }) =>
      metadata === undefined || metadata.neededBy !== undefined
        ? []
        : [{ index, service: metadata.name, address: metadata.address }],
    ),
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

function internetOf(network: Network, from: number, atoms: Outside["internet"]): Opened | undefined {
  const open = { 4: 0n, 6: 0n };
  let widest: { readonly index: number; readonly size: bigint } | undefined;
  for (const { index, endpoint } of atoms) {
    if (stageAt(network, "egress", from, index).allowed === network.portSets.none) continue;
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
