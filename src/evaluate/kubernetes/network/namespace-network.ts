/** What there is to say of one namespace in the network, and what of it is unknown. */
import type { NamespaceNetwork, NetworkPart, ReachingWorkload } from "../../../checks/subjects/network.ts";
import type { Gap } from "../../../core/evidence.ts";
import type { KubernetesObject } from "../../../engines/kubernetes/model.ts";
import type { Network, PodEndpoint } from "../../../engines/reachability/model.ts";
import { isSystemNamespace } from "../namespaces.ts";
import { foreignReach } from "./foreign-reach.ts";
import { unknownMesh } from "./mesh-reach.ts";
import { stageAt } from "./opening.ts";
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
): ComputedNamespace {
  const workloads = endpoints.map(reachOf);
  const reach = new Map(endpoints.map((index, at) => [index, workloads[at] as ReachingWorkload]));
  // One of each class, on no node's network, speaks for all.
  const examples = [...Map.groupBy(endpoints, (index) => network.classOf[index] as number).values()].flatMap(
    ([first]) => (first === undefined || (network.endpoints[first] as PodEndpoint).host ? [] : [first]),
  );
  return {
    network: { name, object, workloads, foreign: foreignReach(network, endpoints) },
    unknown: {
      isolation: unknownIsolation(network, examples, reach),
      outside: unknownOutside(network, examples, reach),
      foreign: unknownForeign(network, name, examples),
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

function unknownOutside(network: Network, examples: readonly number[], reach: Reach): readonly Gap[] {
  const unknowns = createUnknowns();
  const targets = network.endpoints.flatMap((endpoint, index) => {
    if (endpoint.kind !== "addresses" || endpoint.scope === "private") return [];
    const isNeeded = endpoint.metadata?.neededBy !== undefined;
    return isNeeded ? [] : [{ index, endpoint }];
  });
  for (const index of examples) {
    for (const { index: to, endpoint } of targets) {
      const isKnown =
        endpoint.scope === "internet"
          ? reach.get(index)?.internet !== undefined
          : reach.get(index)?.metadata.some(({ address }) => address === endpoint.metadata?.address);
      if (isKnown === true) continue;
      const { allowed, unknown } = stageAt(network, "egress", index, to);
      if (allowed !== network.portSets.none || unknown === network.portSets.none) continue;
      const what = `whether ${nameOf(network, index)} reaches ${endpoint.scope === "internet" ? "the internet" : endpoint.name}`;
      unknowns.add(doubtGap(network, "egress", index, to, what));
      break;
    }
  }
  return unknowns.gaps();
}

function unknownForeign(network: Network, namespace: string, examples: readonly number[]): readonly Gap[] {
  const unknowns = createUnknowns();
  const others = network.classes.flatMap(([first = -1]) => {
    const endpoint = network.endpoints[first];
    const isOther = endpoint?.kind === "pods" && !endpoint.host && endpoint.namespace !== namespace;
    return isOther && !isSystemNamespace(endpoint.namespace) ? [first] : [];
  });
  for (const to of examples) {
    // What nothing isolates is open, and a finding.
    if (network.enforced === "no" || network.isolated(to, "ingress") === "no") continue;
    for (const from of others) {
      const { allowed, unknown } = network.connection(from, to);
      if (allowed !== network.portSets.none || unknown === network.portSets.none) continue;
      const what = `whether ${nameOf(network, from)} reaches ${nameOf(network, to)}`;
      unknowns.add(doubtGap(network, "ingress", from, to, what));
      break;
    }
  }
  return unknowns.gaps();
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
