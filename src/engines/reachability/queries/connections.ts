/** All connections of a network, as few blocks as there are: endpoints that are treated alike go together. */
import type { Doubt, Network, PortSet } from "../model.ts";
import { bounds } from "./bounds.ts";
import { reasonsOf } from "./reasons.ts";

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
  /** By source; of each kind of connection the targets. */
  const rows = new Map<number, Map<number, number[]>>();
  for (const { from, to, connection } of network.edges()) {
    const { allowed, unknown } = connection;
    const targets = to.flatMap((each) => ofClass[each]?.filter(({ isTo }) => isTo) ?? []);
    for (const source of ofClass[from] ?? []) {
      if (!source.isFrom) continue;
      for (const target of targets) {
        if (!source.inFocus && !target.inFocus) continue;
        const pair = standInOf(network, groups[source.group] ?? [], groups[target.group] ?? []);
        if (pair === undefined) continue;
        const kind = kinds.of(allowed, unknown, unknown === network.portSets.none ? [] : told.of(...pair));
        const row = rows.get(source.group) ?? new Map<number, number[]>();
        rows.set(source.group, row);
        const cell = row.get(kind);
        if (cell === undefined) row.set(kind, [target.group]);
        else cell.push(target.group);
      }
    }
  }
  const alike = Map.groupBy(rows, ([, row]) => {
    for (const cells of row.values()) cells.sort((x, y) => x - y);
    return [...row]
      .map(([kind, cells]) => `${kind}:${cells.join()}`)
      .sort()
      .join(";");
  });
  const blocks = [...alike.values()].flatMap((same) =>
    [...(same[0]?.[1] ?? [])].map(
      ([kind, to]): Block => ({
        from: same.map(([source]) => source).sort((x, y) => x - y),
        to,
        ...(kinds.all[kind] as Kind),
      }),
    ),
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

/** What makes connections unknown, each cause once. */
function tellDoubts(network: Network) {
  const all: Doubt[] = [];
  const known = new Map<string, number>();
  let asked = 0;
  const indexOf = (doubt: Doubt): number => {
    const key = JSON.stringify([doubt.code, doubt.reason]);
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, all.length);
    return all.push(doubt) - 1;
  };
  return {
    all,
    of(from: number, to: number): readonly number[] {
      if (++asked > bounds.explainedPairs) return [];
      const { stages } = reasonsOf(network, from, to, network.connection(from, to).unknown);
      const doubts = stages.flatMap(({ decisions }) => decisions.flatMap((decision) => decision.doubts));
      return [...new Set(doubts.map(indexOf))].sort((a, b) => a - b);
    },
  };
}
