/** Connections in the one form in which both sides are compared: of TCP, UDP and SCTP, of IPv4, between different workloads. */

/** `shop/web[Deployment]`, or INGRESS_CONTROLLER. */
export type Peer = string;
export const INGRESS_CONTROLLER = "{ingress-controller}";

/** Addresses of IPv4 as numbers; both ends are in it. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Sorted pairs of first and last, each `protocol * 65,536 + port`; none touches another of its protocol. */
export type Ports = readonly number[];

export const NO_PORTS: Ports = [];
const PROTOCOLS = ["SCTP", "TCP", "UDP"] as const;
const SPAN = 65_536;

export interface Interval {
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

/** Other protocols are left out, and the port 0, which is nobody's. */
export function portsOf(intervals: readonly Interval[]): Ports {
  const pairs = intervals
    .map(({ protocol, first, last }) => [(PROTOCOLS as readonly string[]).indexOf(protocol), first, last] as const)
    .filter(([protocol, first, last]) => protocol >= 0 && Math.max(1, first) <= last)
    .map(([protocol, first, last]) => [protocol * SPAN + Math.max(1, first), protocol * SPAN + last] as const)
    .sort(([a], [b]) => a - b);
  const edges: number[] = [];
  for (const [first, last] of pairs) {
    const before = edges.at(-1);
    // The port 0 stands between two protocols, so that no two of different ones touch.
    if (before !== undefined && first <= before + 1) edges[edges.length - 1] = Math.max(before, last);
    else edges.push(first, last);
  }
  return edges;
}

export const EVERY_PORT: Ports = portsOf(PROTOCOLS.map((protocol) => ({ protocol, first: 1, last: SPAN - 1 })));

export function formatPorts(ports: Ports): string {
  if (ports.length === 0) return "none";
  if (ports.join() === EVERY_PORT.join()) return "All Connections";
  const texts = new Map<string, string[]>();
  for (let index = 0; index < ports.length; index += 2) {
    const first = ports[index] as number;
    const protocol = PROTOCOLS[Math.floor(first / SPAN)] as string;
    const listed = texts.get(protocol) ?? [];
    texts.set(protocol, listed);
    const [a, b] = [first % SPAN, (ports[index + 1] as number) % SPAN];
    listed.push(a === b ? `${a}` : `${a}-${b}`);
  }
  return [...texts].map(([protocol, listed]) => `${protocol} ${listed.join(",")}`).join(",");
}

/** What a port says of one connection. */
export interface Said {
  readonly allowed: Ports;
  readonly unknown: Ports;
}

/** All that one side says. What is not named is denied. */
export interface Connections {
  /** Of workloads, and from the ingress controller: source → destination → what is said. */
  readonly within: Map<Peer, Map<Peer, Said>>;
  /** From and to addresses outside the cluster: workload → ranges. */
  readonly incoming: Map<Peer, Outside[]>;
  readonly outgoing: Map<Peer, Outside[]>;
}

export interface Outside extends Range, Said {}

export function noConnections(): Connections {
  return { within: new Map(), incoming: new Map(), outgoing: new Map() };
}

export function addWithin({ within }: Connections, from: Peer, to: Peer, said: Said): void {
  const own = within.get(from) ?? new Map<Peer, Said>();
  within.set(from, own);
  const before = own.get(to);
  own.set(to, before === undefined ? said : joined(before, said));
}

export function addOutside(side: Map<Peer, Outside[]>, peer: Peer, outside: Outside): void {
  const own = side.get(peer) ?? [];
  side.set(peer, own);
  own.push(outside);
}

/** Of two that go by one name what either says: netpol-analyzer shows pods of one owner as one workload. */
export function joined(a: Said, b: Said): Said {
  const intervals = (ports: Ports) => (ports.length === 0 ? [] : intervalsOf(ports));
  return {
    allowed: portsOf([...intervals(a.allowed), ...intervals(b.allowed)]),
    unknown: portsOf([...intervals(a.unknown), ...intervals(b.unknown)]),
  };
}

function intervalsOf(ports: Ports): Interval[] {
  const result: Interval[] = [];
  for (let index = 0; index < ports.length; index += 2) {
    const first = ports[index] as number;
    const protocol = PROTOCOLS[Math.floor(first / SPAN)] as string;
    result.push({ protocol, first: first % SPAN, last: (ports[index + 1] as number) % SPAN });
  }
  return result;
}

export function parseIpv4(text: string): number | undefined {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || !parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255))
    return undefined;
  return parts.reduce((value, part) => value * 256 + part, 0);
}

/** `10.0.0.0/8`, `10.0.0.1` or `10.0.0.1-10.0.0.9`; undefined for addresses of IPv6. */
export function parseRange(text: string): Range | undefined {
  const [start = "", end] = text.split("-");
  const [address = "", prefix] = start.split("/");
  const first = parseIpv4(address);
  if (first === undefined) return undefined;
  if (end !== undefined) {
    const last = parseIpv4(end);
    return last === undefined ? undefined : { first, last };
  }
  return { first, last: first + 2 ** (32 - Number(prefix ?? 32)) - 1 };
}

export function formatRange({ first, last }: Range): string {
  const text = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
  return first === last ? text(first) : `${text(first)}-${text(last)}`;
}
