/**
 * The connections worth asking of a cluster: every pod, every node and the outside addresses at the edges of every CIDR that
 * a policy names; the ports at the edges of every port and range, on each protocol, and one protocol without ports.
 *
 *     for (const connection of probes(objects, facts, { seed: 1, most: 500 })) judge(connection);
 *     const { ends, ports } = probeSpace(objects, facts);                        // or all of them: from × to × ports
 */
import { randomFrom } from "../differential/random.ts";
import type { ClusterFacts, Connection, Endpoint } from "./oracle.ts";
import {
  type Address,
  type Cidr,
  contains,
  fieldsOf,
  type KubernetesObject,
  listOf,
  type Protocol,
  parseAddress,
  parseCidr,
  textOf,
} from "./oracle-objects.ts";
import { NODE_CIDRS, POD_CIDRS } from "./random-clusters.ts";

export interface ProbePort {
  readonly protocol: Protocol;
  /** Absent for ICMP. */
  readonly port?: number;
}

export interface ProbeSpace {
  /** Pods, nodes, and addresses outside the cluster. */
  readonly ends: readonly Endpoint[];
  readonly ports: readonly ProbePort[];
}

/** Seldom in a policy, and what a defender asks about most. */
const ALWAYS = ["192.0.2.1", "8.8.8.8", "169.254.169.254", "2001:db8::1", "2606:4700::1111", "fd00:ec2::254"];

const width = ({ family }: Address): number => (family === 4 ? 32 : 128);

/** The address as text; IPv6 with all its groups. */
function addressText({ family, bits }: Address): string {
  const size = family === 4 ? 8n : 16n;
  const parts = Array.from({ length: family === 4 ? 4 : 8 }, (_, index) => {
    const shift = size * BigInt((family === 4 ? 3 : 7) - index);
    const part = (bits >> shift) & ((1n << size) - 1n);
    return part.toString(family === 4 ? 10 : 16);
  });
  return parts.join(family === 4 ? "." : ":");
}

/** The CIDR's first and last address, and those beside it. */
function edges(cidr: Cidr): Address[] {
  const size = 1n << BigInt(width(cidr) - cidr.length);
  return [cidr.bits - 1n, cidr.bits, cidr.bits + size - 1n, cidr.bits + size]
    .filter((bits) => bits >= 0n && bits < 1n << BigInt(width(cidr)))
    .map((bits) => ({ family: cidr.family, bits }));
}

/** Every text and number below, with the key that it stands at. */
function* leaves(value: unknown, key = ""): Generator<{ key: string; value: string | number }> {
  if (typeof value === "string" || typeof value === "number") yield { key, value };
  if (typeof value !== "object" || value === null) return;
  for (const [name, each] of Object.entries(value)) yield* leaves(each, Array.isArray(value) ? key : name);
}

const isPolicy = ({ kind }: KubernetesObject): boolean => /NetworkPolicy$/.test(String(kind));

/** Addresses of the pods' and nodes' ranges are left out: of those only what has a pod or node is asked. */
export function probeSpace(objects: readonly KubernetesObject[], facts: ClusterFacts): ProbeSpace {
  const nameOf = ({ metadata }: KubernetesObject) => textOf(fieldsOf(metadata).name) ?? "";
  const pods = objects
    .filter(({ kind }) => kind === "Pod")
    .map((pod) => ({ pod: `${textOf(fieldsOf(pod.metadata).namespace) ?? "default"}/${nameOf(pod)}` }));
  const nodes = objects.filter(({ kind }) => kind === "Node");
  const told = nodes.flatMap(({ status }) => listOf(fieldsOf(status).addresses).map(({ address }) => String(address)));
  const inside = [
    ...[POD_CIDRS, NODE_CIDRS].flatMap((each) => Object.values(each)),
    ...[facts.podCIDRs, facts.serviceCIDRs, facts.nodeCIDRs].flatMap((each) => each ?? []),
  ].map(parseCidr);
  const policyLeaves = objects.filter(isPolicy).flatMap(({ spec }) => [...leaves(spec)]);
  const addresses = new Set(ALWAYS.map((text) => addressText(parseAddress(text))));
  for (const { key, value } of policyLeaves) {
    if (!["cidr", "except", "networks"].includes(key)) continue;
    for (const address of edges(parseCidr(String(value)))) addresses.add(addressText(address));
  }
  const outside = [...addresses].filter(
    (text) => !told.includes(text) && !inside.some((cidr) => contains(cidr, parseAddress(text))),
  );
  return {
    ends: [...pods, ...nodes.map((node) => ({ node: nameOf(node) })), ...outside.map((address) => ({ address }))],
    ports: probePorts(objects),
  };
}

function probePorts(objects: readonly KubernetesObject[]): ProbePort[] {
  const numbers = new Set([80]);
  for (const object of objects) {
    if (!isPolicy(object) && object.kind !== "Pod") continue;
    for (const { key, value } of leaves(object.spec)) {
      if (!["port", "endPort", "number", "start", "end", "containerPort"].includes(key)) continue;
      if (typeof value !== "number") continue;
      numbers.add(value);
      if (key === "port" || key === "start" || key === "number") numbers.add(value - 1);
      if (key === "endPort" || key === "end") numbers.add(value + 1);
    }
  }
  const ports = [...numbers].filter((port) => port >= 1 && port <= 65535).sort((one, other) => one - other);
  const of = (protocol: Protocol) => ports.map((port) => ({ protocol, port }));
  return [...of("TCP"), ...of("UDP"), ...of("SCTP"), { protocol: "ICMP" }];
}

/**
 * Every connection that can be tried for real (enforcement/): among pods and nodes, and with so many of the outside addresses
 * that a host may have.
 */
export function hostProbes({ ends, ports }: ProbeSpace, outsideAddresses: number): Connection[] {
  const noHosts = /^(?:0|127|22[4-9]|2[3-5]\d)\.|^f[ef]|^0:0:0:0:0:0:0:/;
  const inside = ends.filter((end) => !("address" in end));
  const outside = ends.filter((end) => "address" in end && !noHosts.test(end.address)).slice(0, outsideAddresses);
  const pairs = [
    ...inside.flatMap((from) => [...inside, ...outside].map((to) => ({ from, to }))),
    ...outside.flatMap((from) => inside.map((to) => ({ from, to }))),
  ];
  return pairs.flatMap((pair) => ports.map((port) => ({ ...pair, ...port })));
}

/**
 * So many of the connections, drawn by the seed, pods as often as all other ends together; all of them where there are no
 * more. Never from an address to another.
 */
export function probes(
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
  { seed, most }: { readonly seed: number; readonly most: number },
): Connection[] {
  const { ends, ports } = probeSpace(objects, facts);
  const random = randomFrom(seed);
  const pods = ends.filter((end) => "pod" in end);
  const others = ends.filter((end) => !("pod" in end));
  const chosen: Connection[] = [];
  if (ends.length * ends.length * ports.length <= most) {
    for (const from of ends) for (const to of ends) for (const port of ports) chosen.push({ from, to, ...port });
  } else {
    const end = () => random.pick(random.once(2) && others.length > 0 ? others : pods);
    for (let index = 0; index < most; index++) chosen.push({ from: end(), to: end(), ...random.pick(ports) });
  }
  return chosen.filter(({ from, to }) => !("address" in from && "address" in to));
}
