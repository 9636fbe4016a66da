/** Ports and labels that rules of NetworkPolicies name, and that no pod has. */
import type { UnmatchedName } from "../../../checks/subjects/network.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import { effectiveNamespace, type FieldPath, type KubernetesObject, rawOf } from "../../../engines/kubernetes/model.ts";
import type { Endpoint, Network, PodEndpoint, Rule } from "../../../engines/reachability/model.ts";

/** Of one policy. */
const NAMED = 20;

interface Read {
  readonly isCluster: boolean;
  /** Of which pods were read. */
  readonly namespaces: ReadonlySet<string>;
}

export function unmatchedNames(
  network: Network,
  object: KubernetesObject,
  rules: readonly Rule[],
  read: Read,
): readonly UnmatchedName[] {
  if (object.kind !== "NetworkPolicy" || object.group !== "networking.k8s.io") return [];
  const own = effectiveNamespace(object) ?? "default";
  if (!read.isCluster && !read.namespaces.has(own)) return [];
  const found = rules
    .filter(({ role, doubt }) => role === undefined && doubt === undefined)
    .flatMap((rule) => [...unmatchedPorts(network, rule), ...unmatchedPeers(network, rule, own)]);
  return found.slice(0, NAMED);
}

/** A named port is looked up at the destination: of ingress the selected pods, of egress the peers. */
function unmatchedPorts({ endpoints }: Network, { stage, subject, peers, ports, field }: Rule): UnmatchedName[] {
  const destinations =
    stage === "network-ingress"
      ? [...subject.members]
      : peers.flatMap((peer) => (peer.kind === "pods" ? [...peer.pods.members] : []));
  const isOnlyPods = stage === "network-ingress" || peers.every(({ kind }) => kind === "pods");
  if (destinations.length === 0 || !isOnlyPods) return [];
  return ports.named.flatMap(({ protocol, name }) => {
    const has = destinations.some((index) => {
      const { namedPorts } = endpoints[index] as PodEndpoint;
      return ["TCP", "UDP", "SCTP"].some(
        (one) => (protocol === "any" || protocol === one) && namedPorts.has(`${one}/${name}`),
      );
    });
    return has ? [] : [{ field, what: `port ${name}` }];
  });
}

/** Selectors of pods in the policy's own namespace, by equality: what they ask for is plain. */
function unmatchedPeers({ endpoints }: Network, { stage, object, field }: Rule, own: string): UnmatchedName[] {
  const name = stage === "network-ingress" ? "from" : "to";
  const path: FieldPath = [...field, name];
  const listed = valueAt(rawOf(object), path);
  if (!Array.isArray(listed)) return [];
  const pods = podsOf(endpoints, own);
  return listed.flatMap((peer: unknown, index): UnmatchedName[] => {
    if (!isObject(peer) || peer.namespaceSelector !== undefined || !isObject(peer.podSelector)) return [];
    const { matchLabels, matchExpressions } = peer.podSelector;
    if (!isObject(matchLabels) || matchExpressions !== undefined) return [];
    const labels = Object.entries(matchLabels);
    const has = pods.some((pod) =>
      labels.every(([label, value]) => Object.hasOwn(pod.labels, label) && pod.labels[label] === value),
    );
    if (has || labels.length === 0) return [];
    const text = labels.map(([label, value]) => `${label}=${String(value)}`).join(",");
    return [{ field: [...path, index, "podSelector"], what: `labels ${text}` }];
  });
}

const known = new WeakMap<readonly Endpoint[], ReadonlyMap<string, readonly PodEndpoint[]>>();

function podsOf(endpoints: readonly Endpoint[], namespace: string): readonly PodEndpoint[] {
  let byNamespace = known.get(endpoints);
  if (byNamespace === undefined) {
    byNamespace = Map.groupBy(
      endpoints.filter((endpoint) => endpoint.kind === "pods"),
      (pod) => pod.namespace,
    );
    known.set(endpoints, byNamespace);
  }
  return byNamespace.get(namespace) ?? [];
}
