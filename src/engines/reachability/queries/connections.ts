/** All connections of a network, as few blocks as there are: endpoints that are treated alike go together. */
import type { Doubt, Network, PortSet } from "../model.ts";
import { bounds } from "./bounds.ts";
import { doubtsOf } from "./reasons.ts";

/** Which connections are asked for; absent: all. */
export interface Scope {
  readonly from?: ReadonlySet<number>;
  readonly to?: ReadonlySet<number>;
  /** One end at least is among them. */
  readonly focus?: ReadonlySet<number>;
}

/** Between each member of each group of `from` and each of `to`; of a workload and itself: between its pods. */
export interface Block {
  /** Indices of groups, sorted. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly allowed: PortSet;
  readonly unknown: PortSet;
  /** Indices of the doubts that make them unknown, sorted; empty where there were too many to ask. */
  readonly doubts: readonly number[];
}

export interface GroupedConnections {
  /** Indices of endpoints, sorted; each endpoint is in one group. */
  readonly groups: readonly (readonly number[])[];
  /** What is in none of them is denied, or not asked for. */
  readonly blocks: readonly Block[];
  readonly doubts: readonly Doubt[];
}

export function groupedConnections(network: Network, scope: Scope = {}): GroupedConnections {
  const { groups, ofClass } = groupsOf(network, scope);
  const told = tellDoubts(network);
  const kinds = createKinds();
  const rows = createRows();
  for (const { from, to, connection } of network.edges()) {
    const { allowed, unknown } = connection;
    const isSure = unknown === network.portSets.none;
    for (const source of ofClass[from] ?? []) {
      if (!source.isFrom) continue;
      const sure = isSure ? rows.cell(source.group, kinds.of(allowed, unknown, [])) : undefined;
      for (const each of to) {
        for (const target of ofClass[each] as readonly Marked[]) {
          if (!target.isTo || !(source.inFocus || target.inFocus)) continue;
          if (sure !== undefined && target !== source) sure.push(target.group);
          else {
            const pair = standInOf(network, groups[source.group] ?? [], groups[target.group] ?? []);
            if (pair === undefined) continue;
            const cell = sure ?? rows.cell(source.group, kinds.of(allowed, unknown, told.of(...pair, unknown)));
            cell.push(target.group);
          }
        }
      }
    }
  }
  const blocks = rows
    .alike()
    .flatMap(({ sources, cells }) =>
      cells.map(({ kind, targets }): Block => ({ from: sources, to: [...targets], ...(kinds.all[kind] as Kind) })),
    );
  return { groups, blocks, doubts: told.all };
}

interface Marked {
  readonly group: number;
  readonly isFrom: boolean;
  readonly isTo: boolean;
  readonly inFocus: boolean;
}

/** The endpoints of a class are one group, but for those that are asked for and those that are not. */
function groupsOf({ classes }: Network, { from, to, focus }: Scope) {
  const groups: (readonly number[])[] = [];
  const ofClass = classes.map((members) => {
    const marked = (index: number) => [from, to, focus].map((set) => set?.has(index) !== false);
    return [...Map.groupBy(members, (index) => marked(index).join()).values()].map((same): Marked => {
      const [isFrom = true, isTo = true, inFocus = true] = marked(same[0] as number);
      return { group: groups.push(same) - 1, isFrom, isTo, inFocus };
    });
  });
  return { groups, ofClass };
}

/**
 * What the first of a group is connected with within it: another one; its like, where it is a workload of several pods, or any
 * node. A single pod speaks to itself whatever rules say, which is no connection.
 */
export function otherOf({ endpoints }: Pick<Network, "endpoints">, group: readonly number[]): number | undefined {
  const [first, second] = group;
  if (first === undefined || second !== undefined) return second;
  const endpoint = endpoints[first];
  if (endpoint?.kind === "node") return endpoint.name === "" ? first : undefined;
  return endpoint?.kind === "pods" && endpoint.workload.object.kind !== "Pod" ? first : undefined;
}

/** Of two classes one pair that stands for all: of two different endpoints where there are such; see {@link otherOf}. */
export function standInOf(
  network: Pick<Network, "endpoints">,
  from: readonly number[],
  to: readonly number[],
): readonly [from: number, to: number] | undefined {
  const source = from[0] as number;
  const target = to.find((index) => index !== source);
  if (target !== undefined) return [source, target];
  const other = from.find((index) => index !== source);
  if (other !== undefined) return [other, source];
  return otherOf(network, [source]) === undefined ? undefined : [source, source];
}

type Kind = Pick<Block, "allowed" | "unknown" | "doubts">;

function createKinds() {
  const all: Kind[] = [];
  const known = new Map<string, number>();
  return {
    all,
    of(allowed: PortSet, unknown: PortSet, doubts: readonly number[]): number {
      const key = `${allowed.id} ${unknown.id} ${doubts.join()}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      known.set(key, all.length);
      return all.push({ allowed, unknown, doubts }) - 1;
    },
  };
}

/** What one source is connected with, by kind of connection. */
interface Cell {
  readonly kind: number;
  /** Groups, sorted. */
  readonly targets: Int32Array;
}

function createRows() {
  const rows = new Map<number, Map<number, number[]>>();
  return {
    /** To add targets to. */
    cell(source: number, kind: number): number[] {
      let row = rows.get(source);
      if (row === undefined) {
        row = new Map();
        rows.set(source, row);
      }
      let cell = row.get(kind);
      if (cell === undefined) {
        cell = [];
        row.set(kind, cell);
      }
      return cell;
    },
    /** Sources, sorted, that have equal cells. */
    alike(): { readonly sources: readonly number[]; readonly cells: readonly Cell[] }[] {
      const found: { readonly sources: number[]; readonly cells: readonly Cell[] }[] = [];
      const byHash = new Map<number, number[]>();
      for (const [source, row] of [...rows].sort(([a], [b]) => a - b)) {
        const cells = [...row]
          .filter(([, targets]) => targets.length > 0)
          .map(([kind, targets]): Cell => ({ kind, targets: Int32Array.from(targets).sort() }))
          .sort((a, b) => a.kind - b.kind);
        const hash = hashOf(cells);
        const candidates = byHash.get(hash) ?? [];
        const same = candidates.find((index) => areEqual(found[index]?.cells ?? [], cells));
        if (same !== undefined) found[same]?.sources.push(source);
        else byHash.set(hash, [...candidates, found.push({ sources: [source], cells }) - 1]);
      }
      return found;
    },
  };
}

function hashOf(cells: readonly Cell[]): number {
  let hash = 0;
  for (const { kind, targets } of cells) {
    hash = Math.imul(hash ^ kind, 0x9e3779b1);
    for (const target of targets) hash = Math.imul(hash ^ target, 0x85ebca6b) ^ (hash >>> 13);
  }
  return hash;
}

function areEqual(a: readonly Cell[], b: readonly Cell[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ kind, targets }, index) => {
      const other = b[index] as Cell;
      if (kind !== other.kind || targets.length !== other.targets.length) return false;
      return targets.every((target, at) => target === other.targets[at]);
    })
  );
}

/** What makes connections unknown, each cause once. */
function tellDoubts(network: Network) {
  const all: Doubt[] = [];
  const known = new Map<string, number>();
  let asked = 0;
  const seen = new Map<Doubt, number>();
  const indexOf = (doubt: Doubt): number => {
    let index = seen.get(doubt);
    if (index === undefined) {
      const key = JSON.stringify([doubt.code, doubt.reason]);
      index = known.get(key) ?? all.push(doubt) - 1;
      known.set(key, index);
      seen.set(doubt, index);
    }
    return index;
  };
  return {
    all,
    of(from: number, to: number, unknown: PortSet): readonly number[] {
      if (++asked > bounds.explainedPairs) return [];
      return [...new Set(doubtsOf(network, from, to, unknown).map(indexOf))].sort((a, b) => a - b);
    },
  };
}
