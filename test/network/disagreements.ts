/** Where the engine and the brute-force oracle, which shares no code with it, say different things of one random cluster. */
import { formatAddress, parseAddress } from "../../src/core/ip-address.ts";
import { parseCidr } from "../../src/engines/reachability/addresses.ts";
import { hasPort, type Network } from "../../src/engines/reachability/model.ts";
import { networkOf } from "./network-of.ts";
import { type ClusterFacts, type Connection, type Endpoint, oracle, type Readings, type Verdict } from "./oracle.ts";
import { fieldsOf, type KubernetesObject } from "./oracle-objects.ts";
import { probes } from "./probes.ts";
import { type RandomCluster, type RandomOptions, randomCluster } from "./random-clusters.ts";

const PROBES = 150;

/**
 * What both take: the CNIs at hand enforce other protocols too, doubts about one address in two rules are two, and Cilium's
 * policies are held of what a pod sends to its own node.
 */
function readingsFor({ cni }: ClusterFacts): Readings {
  return { independent: true, otherProtocols: "enforced", toOwnNode: cni === "cilium" ? "policy" : "unknown" };
}

type Family = 4 | 6;

export function verdictOf(network: Network, { from, to, protocol, port = 0 }: Connection): Verdict | undefined {
  const [a, b] = [from, to].map((end) => placeOf(network, end));
  if (a === undefined || b === undefined) return undefined;
  const { allowed, unknown } = network.connection(a, b);
  // Every further protocol is treated as ICMP is.
  const named = protocol === "ICMP" ? "other" : protocol;
  return hasPort(allowed, named, port) ? "allow" : hasPort(unknown, named, port) ? "unknown" : "deny";
}

function placeOf({ endpoints }: Network, end: Endpoint): number | undefined {
  const found = endpoints.findIndex((one) => {
    if ("pod" in end) return one.kind === "pods" && one.name === end.pod.replace("/", "/Pod/");
    if ("node" in end) return one.kind === "node" && one.name === end.node;
    const address = parseAddress(end.address);
    return (
      one.kind === "addresses" &&
      one.ranges.some(
        ({ family, first, last }) => family === address?.family && first <= address.value && address.value <= last,
      )
    );
  });
  return found < 0 ? undefined : found;
}

/** Families that an end surely or perhaps has. */
function familiesOf(network: Network, end: Endpoint): readonly Family[] {
  if ("address" in end) return [parseAddress(end.address)?.family ?? 4];
  const { endpoints, settings } = network;
  const one = endpoints[placeOf(network, end) ?? -1];
  if (one === undefined || one.kind === "addresses" || one.kind === "domain") return [];
  const isNode = one.kind === "node" || one.host;
  const cidrs = isNode ? settings.nodeCidrs : settings.podCidrs;
  const known = one.addresses.length > 0 ? one.addresses.flatMap((text) => parseCidr(text) ?? []) : cidrs;
  return known.length === 0 ? [4, 6] : [...new Set(known.map(({ family }) => family))];
}

/** To the oracle a namespace without an object has no labels but its name's; to the engine nobody knows them. */
export function namespacesOf(objects: readonly KubernetesObject[]): object[] {
  const names = (of: readonly KubernetesObject[], key: string) =>
    of.map(({ metadata }) => String(fieldsOf(metadata)[key]));
  const read = names(
    objects.filter(({ kind }) => kind === "Namespace"),
    "name",
  );
  const used = names(
    objects.filter(({ kind }) => kind === "Pod"),
    "namespace",
  );
  const missing = [...new Set(used)].filter((name) => !read.includes(name));
  return missing.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
}

export interface Disagreement {
  readonly seed: number;
  readonly connection: Connection;
  readonly engine: Verdict;
  readonly oracle: readonly Verdict[];
}

/**
 * The oracle asks of each CIDR apart whether an address that nobody knows is in it; two that cover all of podCIDRs together,
 * and one whose exceptions leave nothing of it, leave nothing to ask. Then it must say what the engine says wherever pods and
 * nodes are.
 */
function isSettled(
  { objects, facts }: RandomCluster,
  connection: Connection,
  engine: Verdict,
  families: readonly Family[],
): boolean {
  return families.every((family) => {
    const places = placesOf(objects, family);
    const within = (cidrs: readonly string[] = []) => {
      const ranges = cidrs.flatMap((text) => parseCidr(text) ?? []).filter((range) => range.family === family);
      const inside = (one: bigint) => ranges.some(({ first, last }) => first <= one && one <= last);
      return (ranges.length === 0 ? places : places.filter(inside)).map((value) => formatAddress({ family, value }));
    };
    return within(facts.podCIDRs).every((pod) =>
      within(facts.nodeCIDRs).every((node) => {
        const placed = objects.map((object) => withAddress(object, object.kind === "Node" ? node : pod));
        return oracle(placed, facts, readingsFor(facts))({ ...connection, family }) === engine;
      }),
    );
  });
}

/** The first and last address of every CIDR that stands anywhere, and those beside them. */
function placesOf(objects: readonly KubernetesObject[], family: Family): bigint[] {
  const texts = JSON.stringify(objects).match(/"[0-9a-f.:]+\/\d+"/g) ?? [];
  const edges = texts
    .flatMap((text) => parseCidr(text.slice(1, -1)) ?? [])
    .filter((range) => range.family === family)
    .flatMap(({ first, last }) => [first > 0n ? first - 1n : first, first, last, last + 1n]);
  return [...new Set(edges)].filter((value) => value < 1n << (family === 4 ? 32n : 128n));
}

/** Of a pod or a node whose address is not stated. */
function withAddress(object: KubernetesObject, address: string): KubernetesObject {
  const { kind, status, spec } = object;
  if (kind === "Node") {
    const stated = fieldsOf(status).addresses;
    const own = { addresses: [{ type: "InternalIP", address }] };
    return Array.isArray(stated) && stated.length > 0 ? object : { ...object, status: own };
  }
  const known = fieldsOf(status).podIP !== undefined || fieldsOf(spec).hostNetwork === true;
  return kind !== "Pod" || known ? object : { ...object, status: { podIP: address, podIPs: [{ ip: address }] } };
}

/** Where two families part the engine, which does not know them apart between pods, says unknown. */
export function disagreements(seed: number, options: RandomOptions): Disagreement[] {
  const { objects, facts } = randomCluster(seed, options);
  const network = networkOf([...objects, ...namespacesOf(objects)], facts);
  const judge = oracle(objects, facts, readingsFor(facts));
  const found: Disagreement[] = [];
  for (const connection of probes(objects, facts, { seed, most: PROBES })) {
    const engine = verdictOf(network, connection);
    if (engine === undefined) continue;
    const from = familiesOf(network, connection.from);
    const families = familiesOf(network, connection.to).filter((family) => from.includes(family));
    const verdicts = [...new Set(families.map((family) => judge({ ...connection, family })))];
    const [only, ...others] = verdicts;
    if (only === undefined) continue;
    const expected = others.length > 0 ? "unknown" : only;
    if (engine === expected) continue;
    if (expected === "unknown" && isSettled({ objects, facts }, connection, engine, families)) continue;
    found.push({ seed, connection, engine, oracle: verdicts });
  }
  return found;
}
