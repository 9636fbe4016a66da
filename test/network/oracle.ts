/**
 * A brute-force oracle of Kubernetes' policy objects: the verdict of one connection, worked out for that connection alone in
 * the most naive way. It judges `src/engines/reachability` and shares no code with it.
 *
 *     const judge = oracle(objects, { cni: "calico", podCIDRs: ["10.244.0.0/16"] });
 *     judge({ from: { pod: "shop/web" }, to: { pod: "shop/api" }, protocol: "TCP", port: 8080 }); // "allow"
 *     judge({ from: { address: "192.0.2.1" }, to: { pod: "shop/web" }, protocol: "ICMP" });       // no port
 *
 * - Read: Namespace, Pod, Node, NetworkPolicy (v1), ClusterNetworkPolicy (v1alpha2), AdminNetworkPolicy and
 *   BaselineAdminNetworkPolicy (v1alpha1). Others are passed over. A namespace without its object has its name's label alone.
 * - An address that is a known pod's or node's is that pod or node. Any other is outside the cluster, save that one in
 *   podCIDRs or serviceCIDRs is *unknown*: nobody knows the pod behind it.
 * - `family` asks about IPv4 or IPv6 alone. Without it a connection is allowed where one family that both ends surely have
 *   allows it; where it is not known which they have, both must agree.
 * - What the documents leave open is a question that is answered every way (`Asking`): all outcomes allow, all deny, or
 *   *unknown*. The same question of the same end has one answer, unless `Readings.independent`.
 *
 * `Readings` names the places where documents leave room or part, so that a comparison can take another reading on purpose.
 */

import { type Cluster, type End, familiesOf, type NodeEnd, type PodEnd } from "./oracle-ends.ts";
import {
  contains,
  type Family,
  fieldsOf,
  type KubernetesObject,
  labelsOf,
  listOf,
  namedPortsOf,
  type Protocol,
  parseAddress,
  parseCidr,
  textOf,
} from "./oracle-objects.ts";
import { type Asking, outcomes, type Readings } from "./oracle-questions.ts";
import { evaluateTiers, type PolicySet, policySet } from "./oracle-tiers.ts";

export type { Readings } from "./oracle-questions.ts";

/** What nobody can read from the objects. An unnamed CNI is an unknown one. CIDRs absent: not known. */
export interface ClusterFacts {
  /** `cilium`, `calico`, `ovn-kubernetes`, `antrea`, `kube-network-policies`; any other is as good as none. */
  readonly cni?: string;
  readonly podCIDRs?: readonly string[];
  readonly serviceCIDRs?: readonly string[];
  readonly nodeCIDRs?: readonly string[];
}

/** `pod` is NAMESPACE/NAME. */
export type Endpoint = { readonly pod: string } | { readonly node: string } | { readonly address: string };

export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** ICMP stands for every protocol without ports. */
  readonly protocol: Protocol;
  /** The destination's; the pod's own, not a Service's. */
  readonly port?: number;
  readonly family?: Family;
}

export type Verdict = "allow" | "deny" | "unknown";

/** @throws Error for a connection whose pod is not among the objects, and for an address that is none */
export function oracle(
  objects: readonly KubernetesObject[],
  facts: ClusterFacts = {},
  readings: Readings = {},
): (connection: Connection) => Verdict {
  const cluster = readCluster(objects, facts);
  const policies = policySet(objects);
  return (connection) => {
    const from = endOf(connection.from, cluster);
    const to = endOf(connection.to, cluster);
    for (const end of [from, to]) {
      if (end.kind === "address" && cluster.unknownAddresses.some((cidr) => contains(cidr, end.address)))
        return "unknown";
    }
    const of = (family: Family): Verdict => verdictOf({ cluster, policies, readings, from, to, family, connection });
    if (connection.family !== undefined) return of(connection.family);
    const { families, sure } = commonFamilies(from, to, cluster);
    const verdicts = families.map(of);
    if (verdicts.every((verdict) => verdict === verdicts[0])) return verdicts[0] as Verdict;
    return sure && verdicts.includes("allow") ? "allow" : "unknown";
  };
}

interface Asked {
  readonly cluster: Cluster;
  readonly policies: PolicySet;
  readonly readings: Readings;
  readonly from: End;
  readonly to: End;
  readonly family: Family;
  readonly connection: Connection;
}

function verdictOf({ cluster, policies, readings, from, to, family, connection }: Asked): Verdict {
  const { protocol, port } = connection;
  const results = outcomes(readings.independent === true, (asking) => {
    // NetworkPolicy does not say; ClusterNetworkPolicy exempts a pod's traffic to its own address.
    if (from.kind === "pod" && to.kind === "pod" && from.id === to.id) return true;
    // A pod's own node always gets in.
    if (isNode(from) && to.kind === "pod" && !to.hostNetwork && (sameNode(from, to) ?? asking.either("own node")))
      return true;
    const traffic = { cluster, family, protocol, port, from, to, asking, readings };
    const out = from.kind !== "pod" || from.hostNetwork || evaluateTiers(policies, "egress", traffic);
    if (!out && !leavesForOwnNode(from, to, readings, asking)) return false;
    return to.kind !== "pod" || to.hostNetwork || evaluateTiers(policies, "ingress", traffic);
  });
  if (results === undefined || results.size > 1) return "unknown";
  return results.has(true) ? "allow" : "deny";
}

const isNode = (end: End): end is NodeEnd | PodEnd => end.kind === "node" || (end.kind === "pod" && end.hostNetwork);

/** Whether the pod runs on that node; nobody knows where either has no node's name. */
function sameNode(node: NodeEnd | PodEnd, pod: PodEnd): boolean | undefined {
  const name = node.kind === "node" ? node.name : node.nodeName;
  return name === undefined || pod.nodeName === undefined ? undefined : name === pod.nodeName;
}

function leavesForOwnNode(from: End, to: End, { toOwnNode = "unknown" }: Readings, asking: Asking): boolean {
  if (from.kind !== "pod" || !isNode(to) || toOwnNode === "policy") return false;
  const own = sameNode(to, from);
  if (own === false) return false;
  return (toOwnNode === "allowed" ? own : undefined) ?? asking.either("to own node");
}

function commonFamilies(from: End, to: End, cluster: Cluster): { families: readonly Family[]; sure: boolean } {
  const [one, other] = [familiesOf(from, cluster), familiesOf(to, cluster)];
  if (one === undefined || other === undefined) return { families: one ?? other ?? [4, 6], sure: false };
  const common = one.filter((family) => other.includes(family));
  return { families: common.length > 0 ? common : [...new Set([...one, ...other])], sure: true };
}

function endOf(endpoint: Endpoint, cluster: Cluster): End {
  if ("pod" in endpoint) {
    const pod = cluster.pods.get(endpoint.pod);
    if (!pod) throw new Error(`no pod ${endpoint.pod} among the objects`);
    return pod;
  }
  if ("node" in endpoint) {
    return cluster.nodes.get(endpoint.node) ?? { kind: "node", name: endpoint.node, labels: undefined, addresses: [] };
  }
  const address = parseAddress(endpoint.address);
  const has = (end: NodeEnd | PodEnd): boolean =>
    end.addresses.some(({ family, bits }) => family === address.family && bits === address.bits);
  const pods = [...cluster.pods.values()];
  const found = pods.find((pod) => !pod.hostNetwork && has(pod)) ?? [...cluster.nodes.values()].find(has);
  return found ? { ...found, addresses: [address] } : { kind: "address", address };
}

function readCluster(objects: readonly KubernetesObject[], facts: ClusterFacts): Cluster {
  const namespaces = new Map<string, Record<string, string>>();
  const nodes = new Map<string, NodeEnd>();
  const pods = new Map<string, PodEnd>();
  for (const object of objects) {
    const name = textOf(fieldsOf(object.metadata).name) ?? "";
    if (object.kind === "Namespace") namespaces.set(name, { ...labelsOf(object) });
    if (object.kind !== "Node") continue;
    const addresses = listOf(fieldsOf(object.status).addresses)
      .filter(({ type }) => type === "InternalIP" || type === "ExternalIP")
      .map(({ address }) => parseAddress(String(address)));
    nodes.set(name, { kind: "node", name, labels: labelsOf(object), addresses });
  }
  for (const object of objects) {
    if (object.kind !== "Pod") continue;
    const pod = readPod(object, nodes);
    pods.set(pod.id, pod);
    if (!namespaces.has(pod.namespace)) namespaces.set(pod.namespace, {});
  }
  // The API server sets this label, whatever the manifest says.
  for (const [name, labels] of namespaces) labels["kubernetes.io/metadata.name"] = name;
  const podCidrs = facts.podCIDRs?.map(parseCidr);
  return {
    namespaces,
    nodes,
    pods,
    cni: facts.cni,
    podCidrs,
    nodeCidrs: facts.nodeCIDRs?.map(parseCidr),
    unknownAddresses: [...(podCidrs ?? []), ...(facts.serviceCIDRs ?? []).map(parseCidr)],
  };
}

function readPod(object: KubernetesObject, nodes: ReadonlyMap<string, NodeEnd>): PodEnd {
  const metadata = fieldsOf(object.metadata);
  const spec = fieldsOf(object.spec);
  const status = fieldsOf(object.status);
  const namespace = textOf(metadata.namespace) ?? "default";
  const nodeName = textOf(spec.nodeName);
  const hostNetwork = spec.hostNetwork === true;
  const texts = [status.podIP, ...listOf(status.podIPs).map(({ ip }) => ip)].flatMap((each) => textOf(each) ?? []);
  const own = [...new Set(texts)].map(parseAddress);
  const ofNode = hostNetwork && own.length === 0 ? (nodes.get(nodeName ?? "")?.addresses ?? []) : [];
  return {
    kind: "pod",
    id: `${namespace}/${textOf(metadata.name) ?? ""}`,
    namespace,
    labels: labelsOf(object),
    nodeName,
    hostNetwork,
    namedPorts: namedPortsOf(object),
    addresses: [...own, ...ofNode],
  };
}
