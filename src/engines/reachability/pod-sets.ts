/** Sets of workloads, as selectors pick them. Equal choices are one set; indices are those of the endpoints. */
import { bounds } from "./bounds.ts";
import type { PodEndpoint } from "./endpoint-model.ts";
import { matchesLabels, meets, type Requirement, type Selector } from "./selector.ts";

export interface PodSet {
  readonly id: number;
  /** Indices of endpoints, sorted. Pods on their nodes' network are among them. */
  readonly members: Int32Array;
}

/** Which pods: of one namespace, or of those that a selector picks; all pods there where there is no pod selector. */
export interface PodChoice {
  /** `undefined`: of every namespace. */
  readonly namespaces: { readonly name: string } | { readonly selector: Selector } | undefined;
  readonly pods: Selector | undefined;
}

export interface PodSets {
  readonly none: PodSet;
  readonly all: PodSet;
  select(choice: PodChoice): PodSet;
  /**
   * Pods that a choice may pick beside: in namespaces whose labels nobody read, where it asks for other labels than
   * `kubernetes.io/metadata.name`.
   */
  mayBeSelected(choice: PodChoice): PodSet;
  /** @param key - equal for equal predicates: the set is made once */
  where(key: string, holds: (pod: PodEndpoint) => boolean): PodSet;
  /** @param indices - sorted, each once */
  of(indices: readonly number[]): PodSet;
  union(sets: readonly PodSet[]): PodSet;
  intersect(a: PodSet, b: PodSet): PodSet;
  /** What of `a` is not in `b`. */
  subtract(a: PodSet, b: PodSet): PodSet;
  has(set: PodSet, index: number): boolean;
  /** Whether so many selectors were asked for that the rest are not answered: told once, and all is unknown. */
  isOver(): boolean;
}

type Answer = "yes" | "maybe" | "no";
type Answers = Readonly<Record<"yes" | "maybe", readonly (readonly number[])[]>>;

const METADATA_NAME = "kubernetes.io/metadata.name";

/** @param pods - endpoints from 0 on @param readNamespaces - names of those whose labels are known */
export function createPodSets(pods: readonly PodEndpoint[], readNamespaces: ReadonlySet<string>): PodSets {
  const byChoice = new Map<string, PodSet>();
  const byMembers = new Map<string, PodSet>();
  const byNamespaces = new Map<string, Answers>();
  let count = 0;
  let steps = 0;

  const namespaces = new Map<string, { readonly labels: PodEndpoint["namespaceLabels"]; readonly members: number[] }>();
  const byLabel = new Map<string, Map<string, number[]>>();
  for (const [index, pod] of pods.entries()) {
    const namespace = namespaces.get(pod.namespace) ?? { labels: pod.namespaceLabels, members: [] };
    namespaces.set(pod.namespace, namespace);
    namespace.members.push(index);
    for (const [label, value] of Object.entries(pod.labels)) {
      const values = byLabel.get(label) ?? new Map<string, number[]>();
      byLabel.set(label, values);
      const members = values.get(value) ?? [];
      values.set(value, members);
      members.push(index);
    }
  }

  function intern(members: readonly number[]): PodSet {
    const key = members.join(",");
    const found = byMembers.get(key);
    if (found !== undefined) return found;
    const set = { id: count++, members: Int32Array.from(members) };
    byMembers.set(key, set);
    return set;
  }

  function once(key: string, make: () => readonly number[]): PodSet {
    const found = byChoice.get(key);
    if (found !== undefined) return found;
    const set = intern(make());
    byChoice.set(key, set);
    return set;
  }

  const everything = Array.from(pods, (_, index) => index);

  /** Lists of pods of which one has what the selector wants, the shortest together; undefined where every pod may do. */
  function fewest(requirements: readonly Requirement[]): readonly (readonly number[])[] | undefined {
    let best: readonly (readonly number[])[] | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const { label, operator, values } of requirements) {
      if (operator !== "In") continue;
      const of = byLabel.get(label);
      const lists = values.map((value) => of?.get(value) ?? []);
      const length = sizeOf(lists);
      if (length < least) [best, least] = [lists, length];
    }
    return best;
  }

  /** Those of namespaces for which the choice has this answer. */
  function choose({ namespaces: wanted, pods: selector }: PodChoice, answer: keyof Answers): number[] {
    const answers = wanted === undefined ? undefined : answersOf(wanted);
    const byNamespace = answers === undefined ? [everything] : answers[answer];
    const labelled = fewest(selector?.requirements ?? []);
    const isFewer = labelled !== undefined && sizeOf(labelled) < sizeOf(byNamespace);
    const from = isFewer ? labelled : byNamespace;
    steps += sizeOf(from) + 1;
    const picks = new Set(isFewer ? answers?.[answer] : undefined);
    const chosen: number[] = [];
    for (const list of from) {
      for (const index of list) {
        const { namespace, labels } = pods[index] as PodEndpoint;
        if (isFewer && answers !== undefined && !picks.has(namespaces.get(namespace)?.members ?? [])) continue;
        if (selector === undefined || matchesLabels(selector, labels)) chosen.push(index);
      }
    }
    return from.length === 1 ? chosen : chosen.sort(ascending);
  }

  /** Members of namespaces by what the choice says of them. */
  function answersOf(wanted: NonNullable<PodChoice["namespaces"]>): Answers {
    if ("name" in wanted) return { yes: [namespaces.get(wanted.name)?.members ?? []], maybe: [] };
    let found = byNamespaces.get(wanted.selector.key);
    if (found === undefined) {
      const answers: Record<Answer, (readonly number[])[]> = { yes: [], maybe: [], no: [] };
      for (const [name, { members }] of namespaces) answers[isPicked(wanted, name)].push(members);
      steps += namespaces.size;
      found = answers;
      byNamespaces.set(wanted.selector.key, found);
    }
    return found;
  }

  function isPicked(wanted: { readonly selector: Selector }, name: string): Answer {
    const { requirements } = wanted.selector;
    const labels = namespaces.get(name)?.labels ?? {};
    if (readNamespaces.has(name)) return matchesLabels(wanted.selector, labels) ? "yes" : "no";
    const byName = requirements.filter(({ label }) => label === METADATA_NAME);
    if (!byName.every((one) => meets(one, labels))) return "no";
    return byName.length === requirements.length ? "yes" : "maybe";
  }

  const none = intern([]);
  const all = intern(everything);
  return {
    none,
    all,
    select(choice) {
      if (choice.namespaces === undefined && choice.pods === undefined) return all;
      return once(keyOf(choice), () => choose(choice, "yes"));
    },
    mayBeSelected: (choice) =>
      choice.namespaces === undefined ? none : once(`may ${keyOf(choice)}`, () => choose(choice, "maybe")),
    where: (key, holds) => once(`where ${key}`, () => everything.filter((index) => holds(pods[index] as PodEndpoint))),
    union(sets) {
      const distinct = [...new Set(sets)];
      if (distinct.length === 0) return none;
      if (distinct.length === 1) return distinct[0] as PodSet;
      return once(`union ${distinct.map(({ id }) => id).sort(ascending)}`, () => {
        steps += distinct.reduce((sum, { members }) => sum + members.length, 0);
        return [...new Set(distinct.flatMap(({ members }) => [...members]))].sort(ascending);
      });
    },
    of: intern,
    intersect(a, b) {
      if (a === b || b === all) return a;
      if (a === all) return b;
      const [few, many] = a.members.length <= b.members.length ? [a, b] : [b, a];
      return once(`and ${few.id} ${many.id}`, () => [...few.members].filter((index) => isMember(many, index)));
    },
    subtract: (a, b) =>
      b === none ? a : once(`not ${a.id} ${b.id}`, () => [...a.members].filter((index) => !isMember(b, index))),
    has: isMember,
    isOver: () => steps > bounds.selectorSteps,
  };
}

function keyOf({ namespaces, pods }: PodChoice): string {
  const where =
    namespaces === undefined ? "" : "name" in namespaces ? `name ${namespaces.name}` : namespaces.selector.key;
  return `${where}\n${pods === undefined ? "" : pods.key}`;
}

/** By halving: the members are sorted. */
export function isMember({ members }: PodSet, index: number): boolean {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((members[middle] as number) < index) low = middle + 1;
    else high = middle;
  }
  return members[low] === index;
}

function ascending(a: number, b: number): number {
  return a - b;
}

function sizeOf(lists: readonly (readonly number[])[]): number {
  return lists.reduce((sum, { length }) => sum + length, 0);
}
