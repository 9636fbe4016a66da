/** How GitLab puts files and jobs together: deep merge, `extends`, `!reference` (`Gitlab::Ci::Config::Extendable`, `Yaml::Tags`). */
import { Problem } from "../../../core/problem.ts";
import { bounds } from "../bounds.ts";
import type { Place, UnreadField } from "../field.ts";
import { entryOf, type PlacedEntry, type PlacedMap, type PlacedNode } from "../yaml/model.ts";

/** What putting together may make, over all of a pipeline. */
export interface Budget {
  /** @throws Problem `pipelines.broken` where it is spent */
  spend(values: number, place: Place): void;
}

export function createBudget(): Budget {
  let spent = 0;
  return {
    spend(values, { path, line }) {
      spent += values;
      if (spent <= bounds.gitlabValues) return;
      const cause = `over ${bounds.gitlabValues} values, with includes, extends and references filled in`;
      throw new Problem({ kind: "input", code: "pipelines.broken", place: `${path}:${line}`, cause });
    },
  };
}

/** Mappings are merged key by key; of anything else `over` counts. */
export function deepMerge(base: PlacedNode, over: PlacedNode, budget: Budget): PlacedNode {
  if (base.kind !== "map" || over.kind !== "map") return over;
  budget.spend(base.entries.length + over.entries.length, over.place);
  const entries = new Map(base.entries.map((entry) => [entry.key.value, entry]));
  for (const entry of over.entries) {
    const own = entries.get(entry.key.value);
    entries.set(
      entry.key.value,
      own === undefined ? entry : { key: entry.key, value: deepMerge(own.value, entry.value, budget) },
    );
  }
  return { ...over, entries: [...entries.values()] };
}

/** Fills in `extends` of every job. What it cannot is told and left out. The key itself stays. */
export function extendJobs(root: PlacedMap, budget: Budget, unread: UnreadField[]): PlacedMap {
  const jobs = new Map(root.entries.map((entry) => [entry.key.value, entry]));
  const done = new Map<string, PlacedNode>();
  const active = new Set<string>();
  /** What was cut off so far: what rests on that is not what it is from another job. */
  let cuts = 0;

  function extended(name: string, node: PlacedNode, depth: number): PlacedNode {
    const known = done.get(name);
    if (known !== undefined) return known;
    const parents = node.kind === "map" ? parentsOf(node) : [];
    if (node.kind !== "map" || parents.length === 0) return node;
    const before = cuts;
    active.add(name);
    let base: PlacedNode | undefined;
    for (const { text: parent } of parents) {
      const { value, place } = parent;
      const entry = jobs.get(value);
      const reason =
        entry === undefined
          ? "extends a job that is not in the files that were read"
          : entry.value.kind !== "map"
            ? "extends what is no job"
            : active.has(value)
              ? "extends itself"
              : depth >= bounds.gitlabExtends
                ? `extends more than ${bounds.gitlabExtends} jobs deep`
                : undefined;
      if (entry === undefined || reason !== undefined) {
        cuts += 1;
        unread.push({ place, reason: `${name.slice(0, 80)} ${reason}` });
        continue;
      }
      const own = extended(value, entry.value, depth + 1);
      base = base === undefined ? own : deepMerge(base, own, budget);
    }
    active.delete(name);
    const merged = base === undefined ? node : deepMerge(withoutExtends(base), node, budget);
    if (cuts === before) done.set(name, merged);
    return merged;
  }

  const entries = root.entries.map((entry): PlacedEntry => {
    const value = extended(entry.key.value, entry.value, 0);
    return value === entry.value ? entry : { key: entry.key, value };
  });
  return { ...root, entries };
}

function parentsOf(job: PlacedMap): readonly Extract<PlacedNode, { kind: "scalar" }>[] {
  const node = entryOf(job, "extends")?.value;
  if (node === undefined) return [];
  return (node.kind === "list" ? node.items : [node]).flatMap((item) => (item.kind === "scalar" ? [item] : []));
}

function withoutExtends(node: PlacedNode): PlacedNode {
  if (node.kind !== "map") return node;
  return { ...node, entries: node.entries.filter(({ key }) => key.value !== "extends") };
}

/** Fills in `!reference [job, key, …]`, wherever it stands. What leads nowhere, or ever on, is told, and is an empty list. */
export function resolveReferences(root: PlacedMap, budget: Budget, unread: UnreadField[]): PlacedMap {
  /** By how many references led there: what is cut off at a depth is not from nearer. */
  const done = Array.from({ length: bounds.gitlabReferences + 1 }, () => new Map<PlacedNode, PlacedNode>());

  function resolved(node: PlacedNode, depth: number): PlacedNode {
    if (node.kind === "scalar") return node;
    const known = done[depth]?.get(node);
    if (known !== undefined) return known;
    const result = node.tag === "!reference" ? reference(node, depth) : withInner(node, (one) => resolved(one, depth));
    if (result !== node) budget.spend(node.kind === "list" ? node.items.length : node.entries.length, node.place);
    done[depth]?.set(node, result);
    return result;
  }

  function reference(node: PlacedNode, depth: number): PlacedNode {
    const path = node.kind === "list" ? node.items.map((item) => (item.kind === "scalar" ? item.text.value : "")) : [];
    const found = path.reduce<PlacedNode | undefined>(
      (at, key) => (at?.kind === "map" ? entryOf(at, key)?.value : undefined),
      root,
    );
    const isFound = found !== undefined && path.length > 0;
    if (isFound && depth < bounds.gitlabReferences) return resolved(found, depth + 1);
    const reason = isFound
      ? `is more than ${bounds.gitlabReferences} references deep, or leads to itself`
      : "leads to nothing in the files that were read";
    unread.push({ place: node.place, reason: `!reference [${path.join(", ").slice(0, 80)}] ${reason}` });
    return { kind: "list", place: node.place, items: [] };
  }

  return withInner(root, (one) => resolved(one, 0)) as PlacedMap;
}

/** The same node where nothing within it changes. */
function withInner(
  node: Exclude<PlacedNode, { kind: "scalar" }>,
  change: (inner: PlacedNode) => PlacedNode,
): PlacedNode {
  if (node.kind === "list") {
    const items = node.items.map(change);
    return items.every((item, at) => item === node.items[at]) ? node : { ...node, items };
  }
  const values = node.entries.map(({ value }) => change(value));
  if (values.every((value, at) => value === node.entries[at]?.value)) return node;
  return { ...node, entries: node.entries.map(({ key }, at) => ({ key, value: values[at] as PlacedNode })) };
}

/**
 * Refuses what is small only as long as its parts are shared: whoever goes over it meets each as often as it stands there.
 *
 * @throws Problem `pipelines.broken` over the bound
 */
export function weigh(root: PlacedMap, budget: Budget): void {
  const weights = new Map<PlacedNode, number>();
  const weightOf = (node: PlacedNode): number => {
    if (node.kind === "scalar") return 1;
    const known = weights.get(node);
    if (known !== undefined) return known;
    const inner = node.kind === "list" ? node.items : node.entries.map(({ value }) => value);
    const weight = inner.reduce((sum, one) => sum + weightOf(one), 1);
    weights.set(node, weight);
    return weight;
  };
  budget.spend(weightOf(root), root.place);
}
