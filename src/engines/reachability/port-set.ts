/**
 * Protocols times ports, as sets that are exact. Equal sets are one and the same object, so that sets are compared by `===`
 * and what was computed of two is remembered.
 */
import { bounds } from "./bounds.ts";

/** ICMP's type stands where other protocols have the port; `other` is every further protocol of IP, without ports. */
export type Protocol = "TCP" | "UDP" | "SCTP" | "ICMP" | "ICMPv6" | "other";

export const protocols: readonly Protocol[] = ["TCP", "UDP", "SCTP", "ICMP", "ICMPv6", "other"];

const LAST_PORT = 65_535;
const LAST_TYPE = 255;

export interface PortInterval {
  readonly protocol: Protocol;
  /** From 0; both ends are in it. */
  readonly first: number;
  readonly last: number;
}

export interface PortSet {
  readonly id: number;
  /** Sorted, disjoint, none touching another of its protocol: pairs of first and last, each `protocol * 65,536 + port`. */
  readonly bounds: readonly number[];
}

const STEP = LAST_PORT + 1;

function lastOf(protocol: Protocol): number {
  return protocol === "other" ? 0 : protocol === "ICMP" || protocol === "ICMPv6" ? LAST_TYPE : LAST_PORT;
}

/** The sets of one run: made by it alone, they may be compared and combined. */
export interface PortSets {
  readonly none: PortSet;
  readonly all: PortSet;
  /** Of no interval outside a protocol's ports: they are cut to them. */
  of(intervals: readonly PortInterval[]): PortSet;
  /** All ports of one protocol. */
  protocol(protocol: Protocol): PortSet;
  union(a: PortSet, b: PortSet): PortSet;
  intersect(a: PortSet, b: PortSet): PortSet;
  subtract(a: PortSet, b: PortSet): PortSet;
}

type Operation = (inA: boolean, inB: boolean) => boolean;
const OPERATIONS: readonly Operation[] = [(a, b) => a || b, (a, b) => a && b, (a, b) => a && !b];

export function createPortSets(): PortSets {
  const known = new Map<string, PortSet>();
  const sets: PortSet[] = [];
  const memory = [new Map<number, PortSet>(), new Map<number, PortSet>(), new Map<number, PortSet>()];

  function intern(edges: readonly number[]): PortSet {
    const key = edges.join(",");
    const found = known.get(key);
    if (found !== undefined) return found;
    const set = { id: sets.length, bounds: edges };
    sets.push(set);
    known.set(key, set);
    return set;
  }

  function combine(operation: 0 | 1 | 2, a: PortSet, b: PortSet): PortSet {
    const remembered = memory[operation] as Map<number, PortSet>;
    // Ids stay far below 2^26: the product is exact.
    const key = a.id * 67_108_864 + b.id;
    const found = remembered.get(key);
    if (found !== undefined) return found;
    const result = intern(merge(a.bounds, b.bounds, OPERATIONS[operation] as Operation));
    remembered.set(key, result);
    return result;
  }

  const none = intern([]);
  const all = intern(normalised(protocols.map((protocol) => ({ protocol, first: 0, last: lastOf(protocol) }))));
  return {
    none,
    all,
    of: (intervals) => intern(normalised(intervals.slice(0, bounds.portIntervals))),
    protocol: (protocol) => intern(normalised([{ protocol, first: 0, last: lastOf(protocol) }])),
    union: (a, b) => (a === b || b === none ? a : a === none ? b : combine(0, a, b)),
    intersect: (a, b) => (a === b || b === all ? a : a === all ? b : combine(1, a, b)),
    subtract: (a, b) => (a === b ? none : b === none ? a : combine(2, a, b)),
  };
}

function normalised(intervals: readonly PortInterval[]): number[] {
  const pairs = intervals
    .map(({ protocol, first, last }) => {
      const base = protocols.indexOf(protocol) * STEP;
      return [base + Math.max(0, first), base + Math.min(lastOf(protocol), last)] as const;
    })
    .filter(([first, last]) => first <= last)
    .sort((a, b) => a[0] - b[0]);
  const edges: number[] = [];
  for (const [first, last] of pairs) append(edges, first, last);
  return edges;
}

/** Behind what is there, of which it may be a continuation; protocols stay apart. */
function append(edges: number[], first: number, last: number): void {
  const previous = edges.at(-1);
  if (previous !== undefined && (first <= previous || (first === previous + 1 && first % STEP !== 0))) {
    if (last > previous) edges[edges.length - 1] = last;
  } else edges.push(first, last);
}

/** One walk over the edges of both. */
function merge(a: readonly number[], b: readonly number[], keeps: Operation): number[] {
  const result: number[] = [];
  let at = 0;
  let indexA = 0;
  let indexB = 0;
  for (;;) {
    // The pair that holds `at` or comes next, in each.
    while (indexA < a.length && (a[indexA + 1] as number) < at) indexA += 2;
    while (indexB < b.length && (b[indexB + 1] as number) < at) indexB += 2;
    if (indexA >= a.length && indexB >= b.length) return result;
    const firstA = a[indexA] ?? Number.POSITIVE_INFINITY;
    const firstB = b[indexB] ?? Number.POSITIVE_INFINITY;
    const start = Math.max(at, Math.min(firstA, firstB));
    const inA = firstA <= start;
    const inB = firstB <= start;
    const end = Math.min(inA ? (a[indexA + 1] as number) : firstA - 1, inB ? (b[indexB + 1] as number) : firstB - 1);
    if (keeps(inA, inB)) append(result, start, end);
    at = end + 1;
  }
}

export function intervalsOf({ bounds: edges }: PortSet): PortInterval[] {
  const result: PortInterval[] = [];
  for (let index = 0; index < edges.length; index += 2) {
    const first = edges[index] as number;
    const base = Math.floor(first / STEP);
    result.push({
      protocol: protocols[base] as Protocol,
      first: first - base * STEP,
      last: (edges[index + 1] as number) - base * STEP,
    });
  }
  return result;
}

/** @param port - of ICMP the type, of `other` 0 */
export function hasPort({ bounds: edges }: PortSet, protocol: Protocol, port: number): boolean {
  const wanted = protocols.indexOf(protocol) * STEP + port;
  for (let index = 0; index < edges.length; index += 2) {
    if ((edges[index] as number) <= wanted && wanted <= (edges[index + 1] as number)) return true;
  }
  return false;
}

/** `TCP 80,8080-8090, UDP`; `all ports`; `none`. The port 0 is nobody's, so 1-65535 is all of a protocol too. */
export function formatPorts(set: PortSet): string {
  const byProtocol = new Map<Protocol, string[]>();
  for (const { protocol, first, last } of intervalsOf(set)) {
    const from = lastOf(protocol) === LAST_PORT ? Math.max(1, first) : first;
    if (from > last) continue;
    const whole = from <= (lastOf(protocol) === LAST_PORT ? 1 : 0) && last === lastOf(protocol);
    const parts = byProtocol.get(protocol) ?? [];
    byProtocol.set(protocol, parts);
    if (!whole) parts.push(from === last ? `${from}` : `${from}-${last}`);
  }
  if (byProtocol.size === 0) return "none";
  if (byProtocol.size === protocols.length && [...byProtocol.values()].every(({ length }) => length === 0)) {
    return "all ports";
  }
  return [...byProtocol]
    .map(([protocol, parts]) => `${protocol}${parts.length === 0 ? "" : ` ${parts.join(",")}`}`)
    .join(", ");
}
