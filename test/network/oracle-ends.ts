/** The ends of a connection, and whether a peer of a policy matches one: undefined where nobody knows. */
import {
  type Address,
  type Cidr,
  type ContainerPort,
  contains,
  type Family,
  fieldsOf,
  type Labels,
  parseCidr,
  selects,
  share,
} from "./oracle-objects.ts";

export interface PodEnd {
  readonly kind: "pod";
  /** NAMESPACE/NAME. */
  readonly id: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly nodeName: string | undefined;
  readonly hostNetwork: boolean;
  readonly namedPorts: readonly ContainerPort[];
  /** Empty: not known. */
  readonly addresses: readonly Address[];
}
export interface NodeEnd {
  readonly kind: "node";
  readonly name: string;
  /** Undefined: there is no such Node among the objects. */
  readonly labels: Labels | undefined;
  readonly addresses: readonly Address[];
}
interface AddressEnd {
  readonly kind: "address";
  readonly address: Address;
}
export type End = PodEnd | NodeEnd | AddressEnd;

export interface Cluster {
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly nodes: ReadonlyMap<string, NodeEnd>;
  readonly pods: ReadonlyMap<string, PodEnd>;
  readonly cni: string | undefined;
  readonly podCidrs: readonly Cidr[] | undefined;
  readonly nodeCidrs: readonly Cidr[] | undefined;
  /** Where an address that no object names belongs to the cluster all the same. */
  readonly unknownAddresses: readonly Cidr[];
}

/** CNIs of which the facts say how they take an ipBlock that holds a pod's address. */
const CNI_BY_POD_ADDRESS = ["calico", "ovn-kubernetes", "antrea", "kube-network-policies"];

/** Where pods are when nobody says (RFC 1918, RFC 6598, RFC 4193). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"].map(parseCidr);

const isHost = (end: NodeEnd | PodEnd): boolean => end.kind === "node" || end.hostNetwork;

/** The families that an end has; undefined where nobody knows. */
export function familiesOf(end: End, { podCidrs, nodeCidrs }: Cluster): readonly Family[] | undefined {
  if (end.kind === "address") return [end.address.family];
  const known = end.addresses.length > 0 ? end.addresses : isHost(end) ? nodeCidrs : podCidrs;
  return known && known.length > 0 ? [...new Set(known.map(({ family }) => family))] : undefined;
}

/** Whether an address of the end, in the connection's family, is in the CIDR and in none of the excepted ones. */
function addressIn(end: End, family: Family, cidr: Cidr, except: readonly Cidr[], cluster: Cluster) {
  if (cidr.family !== family) return false;
  const within = (address: Address): boolean =>
    contains(cidr, address) && !except.some((each) => contains(each, address));
  if (end.kind === "address") return within(end.address);
  if (end.addresses.length > 0) {
    const found = end.addresses.filter((address) => address.family === family).map(within);
    return found.every((each) => each === found[0]) ? (found[0] ?? false) : undefined;
  }
  const ranges = isHost(end) ? cluster.nodeCidrs : cluster.podCidrs;
  if (ranges && ranges.length > 0) {
    const shares = ranges.filter((range) => range.family === family).map((range) => share(range, cidr, except));
    if (shares.every((each) => each === "none")) return false;
    return shares.every((each) => each === "all") ? true : undefined;
  }
  if (isHost(end)) return undefined;
  const ofFamily = PRIVATE.filter((range) => range.family === family);
  return ofFamily.every((range) => share(range, cidr, except) === "none") ? false : undefined;
}

/** A NetworkPolicy's `ipBlock` against an end: of pods and nodes each CNI makes something else. */
export function ipBlockMatches(ipBlock: unknown, end: End, family: Family, cluster: Cluster): boolean | undefined {
  const { cidr, except } = fieldsOf(ipBlock);
  const excepted = Array.isArray(except) ? except.map((each) => parseCidr(String(each))) : [];
  const matched = addressIn(end, family, parseCidr(String(cidr)), excepted, cluster);
  if (end.kind === "address" || CNI_BY_POD_ADDRESS.includes(cluster.cni ?? "")) return matched;
  // Cilium never matches a pod or a node by a CIDR.
  if (cluster.cni === "cilium") return false;
  return matched === false ? false : undefined;
}

/** One CIDR of a `networks` peer, which matches whatever has such an address, whichever the CNI. */
export function networkMatches(network: string, end: End, family: Family, cluster: Cluster): boolean | undefined {
  return addressIn(end, family, parseCidr(network), [], cluster);
}

/** A peer by selectors; the namespace is selected by its labels or given by its name. hostNetwork pods: nobody knows. */
export function selectorsMatch(
  namespace: { readonly selector: unknown } | { readonly name: string },
  podSelector: unknown,
  end: End,
  cluster: Cluster,
): boolean | undefined {
  if (end.kind !== "pod") return false;
  const inNamespace =
    "name" in namespace
      ? end.namespace === namespace.name
      : selects(namespace.selector, cluster.namespaces.get(end.namespace) ?? {});
  if (!inNamespace || !selects(podSelector, end.labels)) return false;
  return end.hostNetwork ? undefined : true;
}

/** A `nodes` peer, against a node or a pod of its network. */
export function nodesMatch(selector: unknown, end: End, cluster: Cluster): boolean | undefined {
  if (end.kind === "address" || !isHost(end)) return false;
  const labels = end.kind === "node" ? end.labels : cluster.nodes.get(end.nodeName ?? "")?.labels;
  // The empty selector selects every node, also one whose labels nobody knows.
  if (Object.keys(fieldsOf(selector)).length === 0) return true;
  return labels === undefined ? undefined : selects(selector, labels);
}

/** Whether a name of a port is the connection's port at its destination; only pods have names of ports. */
export function namedPortMatches(
  name: string,
  protocol: string,
  port: number | undefined,
  destination: End,
): boolean | undefined {
  if (destination.kind !== "pod") return false;
  const found = destination.namedPorts.some(
    (each) => each.name === name && each.protocol === protocol && each.number === port,
  );
  return found && destination.hostNetwork ? undefined : found;
}
