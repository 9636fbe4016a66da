/** All connections of a network, as few blocks as there are: endpoints that are treated alike go together. */
import type { Doubt, Network, PortSet } from "../../engines/reachability/model.ts";
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
  const { from, to, focus } = scope;
  const marks = (index: number) =>
    (from?.has(index) === false ? 0 : 1) + (to?.has(index) === false ? 0 : 2) + (focus?.has(index) === false ? 0 : 4);
  const byKey = Map.groupBy(network.endpoints.keys(), (index) => (network.classOf[index] as number) * 8 + marks(index));
  const keys = [...byKey.keys()];
  const groups = [...byKey.values()];
  const sources = keys.flatMap((key, group) => (key & 1 ? [group] : []));
  const targets = keys.flatMap((key, group) => (key & 2 ? [group] : []));
  const inFocus = (group: number) => ((keys[group] as number) & 4) !== 0;
  const told = tellDoubts(network);
  const kinds = createKinds();
  const nothing = { allowed: network.portSets.none, unknown: network.portSets.none };
  const rows = new Map<string, { readonly from: number[]; readonly row: ReadonlyMap<number, number[]> }>();
  for (const source of sources) {
    const row = new Map<number, number[]>();
    const signature: number[] = [];
    let run = -1;
    const example = groups[source]?.[0] as number;
    for (const [position, target] of targets.entries()) {
      let kind = -1;
      if (inFocus(source) || inFocus(target)) {
        const other =
          source === target ? otherOf(network, groups[target] as number[]) : (groups[target]?.[0] as number);
        const { allowed, unknown } = other === undefined ? nothing : network.connection(example, other);
        if (allowed !== network.portSets.none || unknown !== network.portSets.none) {
          kind = kinds.of(allowed, unknown, unknown === network.portSets.none ? [] : told.of(example, other as number));
          const cell = row.get(kind);
          if (cell === undefined) row.set(kind, [target]);
          else cell.push(target);
        }
      }
      if (kind !== run) signature.push(position, kind);
      run = kind;
    }
    if (row.size === 0) continue;
    const key = signature.join();
    const known = rows.get(key);
    if (known === undefined) rows.set(key, { from: [source], row });
    else known.from.push(source);
  }
  const blocks = [...rows.values()].flatMap(({ from: alike, row }) =>
    [...row].map(([kind, cells]): Block => ({ from: alike, to: cells, ...(kinds.all[kind] as Kind) })),
  );
  return { groups, blocks, doubts: told.all };
}

/**
 * What the first of a group is connected with within it: another one; its like, where it is a workload of several pods. A
 * single pod speaks to itself whatever rules say, which is no connection.
 */
export function otherOf({ endpoints }: Pick<Network, "endpoints">, group: readonly number[]): number | undefined {
  const [first, second] = group;
  if (first === undefined || second !== undefined) return second;
  const endpoint = endpoints[first];
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
