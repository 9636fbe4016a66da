/** Pods of other namespaces that reach those of one although no rule names them: of all namespaces in one pass over the edges. */
import type { ForeignReach, OpenBy } from "../../../checks/subjects/network.ts";
import type { Gap } from "../../../core/evidence.ts";
import { describeObject } from "../../../engines/kubernetes/model.ts";
import type { Network, Peer, PodEndpoint, Rule } from "../../../engines/reachability/model.ts";
import { isSystemNamespace } from "../namespaces.ts";
import { ruleOf } from "./opening.ts";
import { createUnknowns, doubtGap, nameOf } from "./unknowns.ts";

/** Sources that a finding names some of. */
const EXAMPLES = 50;

export interface ForeignOverview {
  visit(from: number, to: readonly number[], open: boolean): void;
  of(namespace: string): readonly ForeignReach[];
  /** Why it is unknown whether more get in. */
  unknown(namespace: string): readonly Gap[];
}

type Way = Exclude<OpenBy, { kind: "host" }>;

/** Pods of one namespace that are open for one reason. */
interface Entry {
  readonly namespace: string;
  readonly by: Way;
  readonly reached: Set<string>;
  readonly from: string[];
  readonly namespaces: Set<string>;
  fromCount: number;
  /** The last class of sources that was counted. */
  counted: number;
}

/** Members of a class that are on no node's network, by their namespace. */
type Members = ReadonlyMap<string, readonly number[]>;

export function foreignOverview(network: Network): ForeignOverview {
  const members = network.classes.map((one) => podsByNamespace(network, one));
  const entries = new Map<string, Entry>();
  const entriesOf = openEntries(network, members, entries);
  const unsure = new Map<string, readonly [from: number, to: number]>();

  function count(from: number, entry: Entry, to: number): void {
    const sources = [...(members[from] as Members)].filter(
      ([name]) => name !== entry.namespace && !isSystemNamespace(name),
    );
    if (sources.length === 0) return;
    for (const index of members[to]?.get(entry.namespace) ?? []) entry.reached.add(nameOf(network, index));
    if (entry.counted === from) return;
    entry.counted = from;
    for (const [name, pods] of sources) {
      entry.namespaces.add(name);
      entry.fromCount += pods.length;
      for (const index of pods.slice(0, EXAMPLES - entry.from.length)) entry.from.push(nameOf(network, index));
    }
  }

  function visit(from: number, to: readonly number[], open: boolean): void {
    if (members[from]?.size === 0) return;
    for (const one of to) {
      if (open) for (const entry of entriesOf[one] ?? []) count(from, entry, one);
      else noteUnsure(members, unsure, from, one);
    }
  }

  let found: Map<string, Entry[]> | undefined;
  const openOf = (namespace: string) => {
    found ??= Map.groupBy(
      [...entries.values()].filter(({ fromCount }) => fromCount > 0),
      (entry) => entry.namespace,
    );
    return found.get(namespace) ?? [];
  };
  return {
    visit,
    of: (namespace) =>
      openOf(namespace).map(({ by, reached, from, fromCount, namespaces }) => ({
        by,
        reached: [...reached].sort(),
        from: from.toSorted(),
        fromCount,
        namespaces: namespaces.size,
      })),
    unknown(namespace) {
      const pair = unsure.get(namespace);
      if (pair === undefined) return [];
      const unknowns = createUnknowns();
      const what = `whether ${nameOf(network, pair[0])} reaches ${nameOf(network, pair[1])}`;
      unknowns.add(doubtGap(network, "ingress", pair[0], pair[1], what));
      return unknowns.gaps();
    },
  };
}

function podsByNamespace({ endpoints }: Network, indices: readonly number[]): Members {
  const pods = indices.filter((index) => {
    const endpoint = endpoints[index];
    return endpoint?.kind === "pods" && !endpoint.host;
  });
  return Map.groupBy(pods, (index) => (endpoints[index] as PodEndpoint).namespace);
}

/** Of each class the entries of its pods. */
function openEntries(
  network: Network,
  members: readonly Members[],
  entries: Map<string, Entry>,
): readonly (readonly Entry[])[] {
  const broad = broadRules(network);
  return members.map((own) =>
    [...own].flatMap(([namespace, pods]) => {
      const by = isSystemNamespace(namespace) ? undefined : unnamedWay(network, pods[0] as number, broad);
      if (by === undefined) return [];
      const cause = by.kind === "rule" ? JSON.stringify([describeObject(by.object), by.field]) : by.kind;
      const key = `${namespace}\n${cause}`;
      const entry = entries.get(key) ?? {
        namespace,
        by,
        reached: new Set<string>(),
        from: [],
        namespaces: new Set<string>(),
        fromCount: 0,
        counted: -1,
      };
      entries.set(key, entry);
      return [entry];
    }),
  );
}

/** One pair a namespace stands for all. */
function noteUnsure(
  members: readonly Members[],
  unsure: Map<string, readonly [number, number]>,
  from: number,
  to: number,
): void {
  for (const [namespace, targets] of members[to] ?? []) {
    if (unsure.has(namespace) || isSystemNamespace(namespace)) continue;
    const sources = [...(members[from] as Members)].find(([name]) => name !== namespace && !isSystemNamespace(name));
    if (sources !== undefined) unsure.set(namespace, [sources[1][0] as number, targets[0] as number]);
  }
}

/** How pods get in whom no rule names; undefined where only rules that name them let them in, or nobody knows. */
function unnamedWay(network: Network, to: number, broad: readonly Broad[]): Way | undefined {
  if (network.enforced === "no") return { kind: "unenforced" };
  const isolated = network.isolated(to, "ingress");
  if (isolated === "no") return { kind: "nothing" };
  const rule = isolated === "yes" ? broad.find(({ subject }) => subject.has(to))?.rule : undefined;
  return rule === undefined ? undefined : { kind: "rule", ...ruleOf(rule) };
}

interface Broad {
  readonly rule: Rule;
  readonly subject: ReadonlySet<number>;
}

/** Rules that let in every pod of every namespace. */
function broadRules({ rules }: Network): Broad[] {
  const isEverybody = (peer: Peer) => peer.kind === "everything" || (peer.kind === "pods" && peer.everyPod === true);
  return rules.flatMap((rule) => {
    const { stage, action, peers, doubt, subject } = rule;
    const isBroad =
      stage === "network-ingress" && action === "accept" && doubt === undefined && peers.some(isEverybody);
    return isBroad ? [{ rule, subject: new Set(subject.members) }] : [];
  });
}
