/** Connections as few lines: what has the same ports and the same other ends goes together. */
import type { ConnectionView, NetworkView } from "./view.ts";

export interface Line {
  /** Indices of groups. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** As text. */
  readonly ports: string;
  readonly certain: boolean;
  /** Indices of causes, where it is not certain. */
  readonly causes: readonly number[];
}

type Chosen = (group: number) => boolean;

/** By destination or by source, whichever is shorter. */
export function linesOf(view: NetworkView, isFrom: Chosen, isTo: Chosen): readonly Line[] {
  const parts = view.connections.flatMap((connection) => partsOf(connection, isFrom, isTo));
  const bySource = merged(parts);
  const byTarget = merged(turned(parts));
  return byTarget.length < bySource.length ? byTarget : bySource;
}

function partsOf({ from, to, allowed, unknown, causes }: ConnectionView, isFrom: Chosen, isTo: Chosen): Line[] {
  const ends = { from: from.filter(isFrom), to: to.filter(isTo) };
  if (ends.from.length === 0 || ends.to.length === 0) return [];
  return [
    ...(allowed.intervals.length === 0 ? [] : [{ ...ends, ports: allowed.text, certain: true, causes: [] }]),
    ...(unknown.intervals.length === 0 ? [] : [{ ...ends, ports: unknown.text, certain: false, causes }]),
  ];
}

function kindOf({ ports, certain, causes }: Line): string {
  return JSON.stringify([ports, certain, causes]);
}

/** Lines with equal destinations and ports become one. */
function merged(lines: readonly Line[]): Line[] {
  const groups = Map.groupBy(lines, (line) => `${kindOf(line)} ${line.to.join()}`);
  return [...groups.values()].map((alike) => {
    const [first] = alike as [Line];
    return alike.length === 1
      ? first
      : { ...first, from: [...new Set(alike.flatMap(({ from }) => from))].sort(byNumber) };
  });
}

/** The same connections, with all sources of a destination together. */
function turned(lines: readonly Line[]): Line[] {
  const byKind = Map.groupBy(lines, kindOf);
  return [...byKind.values()].flatMap((alike) => {
    const [first] = alike as [Line];
    const through = new Map<number, number[]>();
    for (const [index, { to }] of alike.entries()) {
      for (const target of to) {
        const known = through.get(target);
        if (known === undefined) through.set(target, [index]);
        else known.push(index);
      }
    }
    const same = Map.groupBy(through, ([, indices]) => indices.join());
    return [...same.values()].map((entries): Line => {
      const [, indices] = entries[0] as [number, number[]];
      const from = [...new Set(indices.flatMap((index) => alike[index]?.from ?? []))].sort(byNumber);
      return { ...first, from, to: entries.map(([target]) => target).sort(byNumber) };
    });
  });
}

function byNumber(a: number, b: number): number {
  return a - b;
}

export interface NamespaceLine {
  readonly from: string;
  readonly to: string;
  /** Pairs of workloads that are connected, surely or not, and pairs that there are. */
  readonly pairs: number;
  readonly unknown: number;
  readonly of: number;
  /** As texts, each once. */
  readonly ports: readonly string[];
}

/** Between namespaces, where there are too many workloads to name. */
export function namespaceLines(view: NetworkView, isFrom: Chosen, isTo: Chosen): NamespaceLine[] {
  const { endpoints, groups } = view;
  const sizes = new Map<string, number>();
  const counts = groups.map((members) => {
    const count = new Map<string, number>();
    for (const index of members) {
      const { namespace = "" } = endpoints[index] ?? {};
      count.set(namespace, (count.get(namespace) ?? 0) + 1);
    }
    return count;
  });
  for (const count of counts) for (const [name, number] of count) sizes.set(name, (sizes.get(name) ?? 0) + number);
  const found = new Map<string, { from: string; to: string; pairs: number; unknown: number; ports: Set<string> }>();
  const total = (chosen: readonly number[]) => {
    const sum = new Map<string, number>();
    for (const group of chosen) {
      for (const [name, number] of counts[group] ?? []) sum.set(name, (sum.get(name) ?? 0) + number);
    }
    return sum;
  };
  for (const connection of view.connections) {
    for (const { from, to, ports, certain } of partsOf(connection, isFrom, isTo)) {
      const targets = total(to);
      for (const [source, sources] of total(from)) {
        for (const [target, number] of targets) {
          const key = JSON.stringify([source, target]);
          const known = found.get(key) ?? { from: source, to: target, pairs: 0, unknown: 0, ports: new Set() };
          found.set(key, known);
          if (certain) known.pairs += sources * number;
          else known.unknown += sources * number;
          known.ports.add(ports);
        }
      }
    }
  }
  return [...found.values()].map(({ ports, ...line }) => ({
    ...line,
    of: (sizes.get(line.from) ?? 0) * (sizes.get(line.to) ?? 0),
    ports: [...ports],
  }));
}
