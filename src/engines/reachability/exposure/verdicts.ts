/** What policies say to traffic that comes a way into the cluster, at the pod's own port. */
import { type AddressRange, overlap } from "../addresses.ts";
import type { Connection, Network } from "../model.ts";
import type { PortSet } from "../port-set.ts";
import type { Doubt } from "../rule-model.ts";
import type { ExposureSource, ExposureTarget, Reach } from "./exposure-model.ts";
import { createUnreadPod, type UnreadPod } from "./unread-pod.ts";

/** Reasons of one target that are named. */
const MOST_DOUBTS = 5;

export interface Verdicts {
  judge(
    source: ExposureSource,
    reach: Reach,
    endpoint: number,
    ports: PortSet,
  ): Omit<ExposureTarget, "endpoint" | "ports" | "service">;
}

/** Some of several sources, and every one of them. */
interface Reached {
  readonly allowed: PortSet;
  readonly fromEverywhere: PortSet;
  readonly unknown: PortSet;
  readonly doubts: readonly Doubt[];
}

export function createVerdicts(network: Network): Verdicts {
  const { portSets: sets } = network;
  let unreadPod: UnreadPod | undefined;
  const sourcesOf = new Map<string, readonly number[]>();
  const nodes = oneOfEach(
    network,
    network.endpoints.flatMap(({ kind }, index) => (kind === "node" ? [index] : [])),
  );

  /** One of each class: what is treated alike is asked once. */
  function clients(reach: Reach): readonly number[] {
    const key = `${reach.kind} ${(reach.ranges ?? []).map(({ family, first, last }) => `${family} ${first} ${last}`)}`;
    let found = sourcesOf.get(key);
    if (found === undefined) {
      found = oneOfEach(
        network,
        network.endpoints.flatMap((endpoint, index) =>
          endpoint.kind === "addresses" && endpoint.scope !== "metadata" && comesFrom(reach, endpoint) ? [index] : [],
        ),
      );
      sourcesOf.set(key, found);
    }
    return found;
  }

  const byPods = new Map<readonly number[], readonly number[]>();

  function podsOf(endpoints: readonly number[]): readonly number[] {
    let found = byPods.get(endpoints);
    if (found === undefined) {
      found = oneOfEach(network, endpoints);
      byPods.set(endpoints, found);
    }
    return found;
  }

  /** Of whole classes and all ports, since many ways lead to one workload. */
  const known = new Map<readonly number[], Map<number, Reached>>();

  function reached(sources: readonly number[], to: number, ports: PortSet): Reached {
    let ofSources = known.get(sources);
    if (ofSources === undefined) {
      ofSources = new Map();
      known.set(sources, ofSources);
    }
    const id = network.classOf[to] as number;
    let all = ofSources.get(id);
    if (all === undefined) {
      all = reachedAnywhere(sources, to);
      ofSources.set(id, all);
    }
    const unknown = sets.intersect(all.unknown, ports);
    return {
      allowed: sets.intersect(all.allowed, ports),
      fromEverywhere: sets.intersect(all.fromEverywhere, ports),
      unknown,
      doubts: unknown === sets.none ? [] : all.doubts,
    };
  }

  const mostOfSources = new Map<readonly number[], ReadonlySet<number>>();

  function mostOf(sources: readonly number[]): ReadonlySet<number> {
    let found = mostOfSources.get(sources);
    if (found === undefined) {
      found = largest(network, sources);
      mostOfSources.set(sources, found);
    }
    return found;
  }

  function reachedAnywhere(sources: readonly number[], to: number): Reached {
    let allowed = sets.none;
    let possible = sets.none;
    const ofMost = new Map<number, PortSet>();
    const most = mostOf(sources);
    let unsure: number | undefined;
    for (const from of sources) {
      const connection = network.connection(from, to);
      allowed = sets.union(allowed, connection.allowed);
      if (most.has(from)) {
        const family = familyOf(network, from);
        ofMost.set(family, sets.intersect(ofMost.get(family) ?? sets.all, connection.allowed));
      }
      if (connection.unknown === sets.none) continue;
      possible = sets.union(possible, connection.unknown);
      unsure ??= from;
    }
    const unknown = sets.subtract(possible, allowed);
    const doubts = unknown === sets.none || unsure === undefined ? [] : doubtsOf(network, unsure, to);
    return { allowed, fromEverywhere: [...ofMost.values()].reduce(sets.union, sets.none), unknown, doubts };
  }

  /** The packet has the client's address where it is on the pod's own node, or the CNI keeps it; else that of a node. */
  function throughNodes(reach: Reach, to: number, ports: PortSet): Reached {
    const asClient = reached(clients(reach), to, ports);
    if (nodes.length === 0) return asClient;
    const asNode = reached(nodes, to, ports);
    const allowed = sets.intersect(asClient.allowed, asNode.fromEverywhere);
    const possible = [asClient.allowed, asClient.unknown, asNode.allowed, asNode.unknown].reduce(sets.union);
    const unknown = sets.subtract(possible, allowed);
    return {
      allowed,
      fromEverywhere: sets.intersect(asClient.fromEverywhere, asNode.fromEverywhere),
      unknown,
      doubts: unknown === sets.none ? [] : [SOURCE_ADDRESS, ...asClient.doubts, ...asNode.doubts].filter(notOfPods),
    };
  }

  /** Packets are passed on with the client's address, or a proxy of a private network opens connections of its own. */
  function throughBalancer(reach: Reach, to: number, ports: PortSet): Reached {
    const asClient = reached(clients(reach), to, ports);
    const asProxy = reached(clients({ kind: "private" }), to, ports);
    const more = sets.subtract(
      sets.union(asProxy.allowed, asProxy.unknown),
      sets.union(asClient.allowed, asClient.unknown),
    );
    if (more === sets.none) return asClient;
    return {
      ...asClient,
      unknown: sets.union(asClient.unknown, more),
      doubts: [proxyAddress("the load balancer, if it is a proxy"), ...asClient.doubts],
    };
  }

  function bySource(source: ExposureSource, reach: Reach, to: number, ports: PortSet): Reached {
    switch (source.kind) {
      case "client":
        return source.orBalancer === true ? throughBalancer(reach, to, ports) : reached(clients(reach), to, ports);
      case "node":
        return throughNodes(reach, to, ports);
      case "pods":
        return reached(podsOf(source.endpoints), to, ports);
      case "unknown-pod": {
        unreadPod ??= createUnreadPod(network);
        return ofOne(unreadPod.connection(to), ports, unreadController(source.controller));
      }
      case "proxy": {
        // Its address is one of those that are outside; what holds for all of them holds for it.
        const all = reached(clients({ kind: "unknown" }), to, ports);
        const unknown = sets.subtract(sets.union(all.allowed, all.unknown), all.fromEverywhere);
        return {
          allowed: all.fromEverywhere,
          fromEverywhere: all.fromEverywhere,
          unknown,
          doubts: unknown === sets.none ? [] : [proxyAddress(source.controller), ...all.doubts],
        };
      }
    }
  }

  function ofOne(connection: Connection, ports: PortSet, doubt: Doubt): Reached {
    const allowed = sets.intersect(connection.allowed, ports);
    const unknown = sets.intersect(connection.unknown, ports);
    return { allowed, fromEverywhere: allowed, unknown, doubts: unknown === sets.none ? [] : [doubt] };
  }

  return {
    judge(source, reach, endpoint, ports) {
      const { allowed, fromEverywhere, unknown, doubts } = bySource(source, reach, endpoint, ports);
      return {
        allowed,
        fromEverywhere,
        unknown,
        verdict: allowed !== sets.none ? "allowed" : unknown !== sets.none ? "unknown" : "denied",
        doubts: distinct(doubts),
      };
    },
  };
}

function comesFrom(
  { kind, ranges }: Reach,
  { scope, ranges: own }: { scope: string; ranges: readonly AddressRange[] },
) {
  if (ranges !== undefined) return ranges.some((one) => own.some((other) => overlap(one, other)));
  if (kind === "internet") return scope === "internet";
  if (kind === "private") return scope === "private";
  return true;
}

function oneOfEach({ classOf }: Network, endpoints: readonly number[]): readonly number[] {
  const seen = new Map<number, number>();
  for (const index of endpoints) {
    const id = classOf[index] as number;
    if (!seen.has(id)) seen.set(id, index);
  }
  return [...seen.values()];
}

/** 4 or 6 of addresses: a class of them has one; 0 of pods and nodes. */
function familyOf({ endpoints }: Network, index: number): number {
  const endpoint = endpoints[index];
  return endpoint?.kind === "addresses" ? (endpoint.ranges[0]?.family ?? 0) : 0;
}

/**
 * Of each family of addresses the largest classes that are more than half of it together, so that a hole for one address
 * makes nobody's port less open; and whoever is open to IPv4 is open, whatever of IPv6. Of pods and nodes each one.
 */
function largest(network: Network, sources: readonly number[]): ReadonlySet<number> {
  const chosen = new Set<number>();
  for (const own of Map.groupBy(sources, (index) => familyOf(network, index)).values()) {
    const sized = own.map((index) => ({ index, size: sizeOf(network, index) })).sort((a, b) => Number(b.size - a.size));
    let left = sized.reduce((sum, { size }) => sum + size, 0n) / 2n;
    for (const { index, size } of sized) {
      if (left < 0n) break;
      chosen.add(index);
      left -= size;
    }
  }
  return chosen;
}

/** How many addresses; nothing of pods and nodes. */
function sizeOf({ endpoints }: Network, index: number): bigint {
  const endpoint = endpoints[index];
  if (endpoint?.kind !== "addresses") return 0n;
  return endpoint.ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

function doubtsOf(network: Network, from: number, to: number): readonly Doubt[] {
  const { stages } = network.explain(from, to);
  return distinct(stages.flatMap(({ steps }) => steps.flatMap((step) => (step.sure ? [] : step.doubts))));
}

/** Rules name all their doubts; a client and a node are no pods. */
function notOfPods({ code }: Doubt): boolean {
  return code !== "network.pod-address";
}

function distinct(doubts: readonly Doubt[]): readonly Doubt[] {
  const byReason = new Map(doubts.map((doubt) => [`${doubt.code} ${doubt.reason}`, doubt]));
  return [...byReason.values()].slice(0, MOST_DOUBTS);
}

/** https://kubernetes.io/docs/tutorials/services/source-ip/, and "ipBlock" in the documentation of NetworkPolicy. */
const SOURCE_ADDRESS: Doubt = {
  code: "network.source-address",
  reason: "policies may see a node's address instead of the client's",
  remedy: "set externalTrafficPolicy: Local, which keeps the client's address",
};

function unreadController(controller: string | undefined): Doubt {
  return {
    code: "network.ingress-controller",
    reason: `it depends on the labels and the namespace of ${controller ?? "the ingress controller"}, which was not read`,
    remedy: "add the controller's manifests to what is read",
  };
}

function proxyAddress(controller: string): Doubt {
  return {
    code: "network.proxy-address",
    reason: `it depends on the addresses of ${controller}: they are outside the cluster, and not known`,
  };
}
