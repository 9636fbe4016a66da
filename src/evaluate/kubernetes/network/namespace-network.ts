/** What there is to say of one namespace in the network, and what of it is unknown. */
import type { NamespaceNetwork, NetworkPart, ReachingWorkload } from "../../../checks/subjects/network.ts";
import type { Gap } from "../../../core/evidence.ts";
import type { KubernetesObject } from "../../../engines/kubernetes/model.ts";
import type { Network, PodEndpoint } from "../../../engines/reachability/model.ts";
import { unknownMesh } from "./mesh-reach.ts";
import type { OutsideOverview } from "./outside-reach.ts";
import type { Overview } from "./overview.ts";
import { createUnknowns, doubtGap, nameOf } from "./unknowns.ts";

export interface ComputedNamespace {
  readonly network: NamespaceNetwork;
  readonly unknown: Readonly<Record<NetworkPart, readonly Gap[]>>;
}

export interface NamespaceParts {
  readonly name: string;
  /** Which stands for it; see `NamespaceNetwork`. */
  readonly object: KubernetesObject;
  /** Indices of its endpoints. */
  readonly endpoints: readonly number[];
}

export function namespaceNetwork(
  network: Network,
  { name, object, endpoints }: NamespaceParts,
  reachOf: (endpoint: number) => ReachingWorkload,
  { foreign, outside }: Overview,
): ComputedNamespace {
  const workloads = endpoints.map(reachOf);
  const reach = new Map(endpoints.map((index, at) => [index, workloads[at] as ReachingWorkload]));
  // One of each class, on no node's network, speaks for all.
  const examples = [...Map.groupBy(endpoints, (index) => network.classOf[index] as number).values()].flatMap(
    ([first]) => (first === undefined || (network.endpoints[first] as PodEndpoint).host ? [] : [first]),
  );
  return {
    network: { name, object, workloads, foreign: foreign.of(name) },
    unknown: {
      isolation: unknownIsolation(network, examples, reach),
      outside: unknownOutside(network, examples, reach, outside),
      foreign: foreign.unknown(name),
      dns: unknownDns(network, examples, reach),
      mesh: unknownMesh(network, endpoints),
    },
  };
}

type Reach = ReadonlyMap<number, ReachingWorkload>;

function unknownIsolation(network: Network, examples: readonly number[], reach: Reach): readonly Gap[] {
  const unknowns = createUnknowns();
  const outside = network.endpoints.findIndex((one) => one.kind === "addresses" && one.scope === "internet");
  for (const index of examples) {
    for (const direction of ["ingress", "egress"] as const) {
      if (reach.get(index)?.[direction].isolated !== "unknown") continue;
      const what = `whether ${nameOf(network, index)} is isolated for ${direction}`;
      const [from, to] = direction === "egress" ? [index, outside] : [outside, index];
      unknowns.add(
        outside < 0
          ? { code: "network.unknown", reason: `${what} is unknown` }
          : doubtGap(network, direction, from as number, to as number, what),
      );
    }
  }
  return unknowns.gaps();
}

function unknownOutside(
  network: Network,
  examples: readonly number[],
  reach: Reach,
  outside: OutsideOverview,
): readonly Gap[] {
  const unknowns = createUnknowns();
  for (const index of examples) {
    const isOpen = reach.get(index)?.internet !== undefined;
    const [to] = outside.of(index).unknown.filter((one) => !isOpen || scopeOf(network, one) !== "internet");
    if (to === undefined) continue;
    const target = scopeOf(network, to) === "internet" ? "the internet" : (network.endpoints[to]?.name ?? "");
    unknowns.add(doubtGap(network, "egress", index, to, `whether ${nameOf(network, index)} reaches ${target}`));
  }
  return unknowns.gaps();
}

function scopeOf({ endpoints }: Network, index: number): string | undefined {
  const endpoint = endpoints[index];
  return endpoint?.kind === "addresses" ? endpoint.scope : undefined;
}

function unknownDns(network: Network, examples: readonly number[], reach: Reach): readonly Gap[] {
  const unknowns = createUnknowns();
  for (const index of examples) {
    if (reach.get(index)?.dns !== "unknown") continue;
    const reason = `whether ${nameOf(network, index)} can ask a DNS server is unknown: rules by address may mean one`;
    unknowns.add({ code: "network.dns", reason });
  }
  return unknowns.gaps();
}
