/** Merges what was learned: over the replicas of a workload, and over runs. */
import { append } from "../../../core/append.ts";
import { greatest } from "../../../core/extremes.ts";
import { concludeWatched } from "./complete.ts";
import type { How, Learned, LearnedFile, LearnedWorkload, Watched } from "./model.ts";

/** @param hours - that a workload is to be watched for; absent: the most that one of them was made for */
export function mergeLearned(all: readonly Learned[], hours?: number): Learned {
  const own = all.flatMap(({ workloads }) => workloads);
  return {
    apiVersion: "bulkhead/v1",
    kind: "Learned",
    from: all.map(({ from }) => from).sort()[0] ?? new Date(0).toISOString(),
    to:
      all
        .map(({ to }) => to)
        .sort()
        .at(-1) ?? new Date(0).toISOString(),
    workloads: mergeWorkloads(own, hours),
  };
}

export function mergeWorkloads(all: readonly LearnedWorkload[], hours?: number): LearnedWorkload[] {
  const groups = Map.groupBy(all, ({ of, architecture }) =>
    JSON.stringify([of.namespace, of.kind, of.name, of.container, architecture]),
  );
  // One that has no system calls is of whatever architecture the others are.
  for (const [key, group] of groups) {
    const { of, architecture } = group[0] as LearnedWorkload;
    if (architecture !== undefined) continue;
    for (const named of ["x86_64", "arm64"]) {
      const other = groups.get(JSON.stringify([of.namespace, of.kind, of.name, of.container, named]));
      if (other === undefined) continue;
      append(other, group);
      groups.delete(key);
      break;
    }
  }
  return [...groups.values()].map((group) => mergeGroup(group, hours)).sort(byName);
}

function byName({ of: one }: LearnedWorkload, { of: other }: LearnedWorkload): number {
  const text = (of: LearnedWorkload["of"]) => [of.namespace, of.kind, of.name, of.container].join("\0");
  return text(one) < text(other) ? -1 : 1;
}

function mergeGroup(group: readonly LearnedWorkload[], hours: number | undefined): LearnedWorkload {
  const parts = withoutCopies(group);
  const [first] = parts as [LearnedWorkload];
  const calls = parts.flatMap(({ syscalls = [] }) => syscalls);
  const capabilities = parts.flatMap((each) => (each.capabilities === undefined ? [] : [each.capabilities]));
  const used = new Set(capabilities.flatMap((each) => each.used));
  const refused = new Set(capabilities.flatMap((each) => each.refused).filter((name) => !used.has(name)));
  const architecture = parts.find((each) => each.architecture !== undefined)?.architecture;
  const merged = {
    of: first.of,
    images: unique(parts.flatMap(({ images }) => images)),
    ...(parts.some(({ syscalls }) => syscalls !== undefined) ? { syscalls: [...new Set(calls)].sort() } : {}),
    ...(architecture === undefined ? {} : { architecture }),
    ...(capabilities.length === 0 ? {} : { capabilities: { used: [...used].sort(), refused: [...refused].sort() } }),
    executables: mergeFiles(parts.map(({ executables }) => executables)),
    opened: mergeFiles(parts.map(({ opened }) => opened)),
    written: mergeFiles(parts.map(({ written }) => written)),
    connections: summed(
      parts.flatMap(({ connections }) => connections),
      ({ direction, protocol, port, address }) =>
        `${direction} ${protocol} ${String(port).padStart(5, "0")} ${address}`,
    ),
    listening: mergePorts(parts),
    users: unique(parts.flatMap(({ users }) => users)),
    mounts: unique(parts.flatMap(({ mounts }) => mounts)),
    ...mergeProbes(parts),
    cut: sums(parts.map(({ cut }) => cut)),
    // Of more than it was made for nothing is proven.
    ...(parts.length === 1 && first.proven !== undefined ? { proven: first.proven } : {}),
  };
  const watched: Omit<Watched, "complete" | "missing"> = {
    seconds: Math.round(1000 * parts.reduce((sum, each) => sum + each.watched.seconds, 0)) / 1000,
    containers: unique(parts.flatMap((each) => each.watched.containers)).sort((one, other) =>
      one.from < other.from ? -1 : one.from > other.from ? 1 : one.id < other.id ? -1 : 1,
    ),
    lost: sums(parts.map((each) => each.watched.lost)),
    hours: hours ?? greatest(parts.map((each) => each.watched.hours)),
  };
  return { ...merged, watched: concludeWatched(watched, merged) };
}

/** The same file twice is one: counts are not added up, nor is time. */
function withoutCopies(group: readonly LearnedWorkload[]): LearnedWorkload[] {
  const seen = new Set<string>();
  return group.filter(({ watched }) => {
    const key = JSON.stringify(watched.containers);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function sums(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [key, count] of all.flatMap(Object.entries))
    sum[key] = (Object.hasOwn(sum, key) ? (sum[key] ?? 0) : 0) + count;
  return sum;
}

function summed<Value extends { readonly count: number }>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): Value[] {
  const sum = new Map<string, Value>();
  for (const value of values) {
    const key = keyOf(value);
    const before = sum.get(key);
    sum.set(key, before === undefined ? value : { ...before, count: before.count + value.count });
  }
  return [...sum].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
}

function mergeProbes(parts: readonly LearnedWorkload[]): Pick<LearnedWorkload, "probes"> {
  const all = parts.flatMap(({ probes = [] }) => probes);
  if (all.length === 0) return {};
  const executed = new Set(all.filter((probe) => probe.executed).map(({ command }) => command));
  const commands = [...new Set(all.map(({ command }) => command))];
  return { probes: commands.map((command) => ({ command, executed: executed.has(command) })) };
}

/** Reached from outside where it was in one of them. */
function mergePorts(parts: readonly LearnedWorkload[]): LearnedWorkload["listening"] {
  const all = parts.flatMap(({ listening }) => listening);
  const open = new Set(all.filter(({ local }) => local !== true).map(({ protocol, port }) => `${protocol}${port}`));
  return summed(
    all.map(({ local, ...port }) => (local && !open.has(`${port.protocol}${port.port}`) ? { ...port, local } : port)),
    ({ protocol, port }) => `${protocol}${String(port).padStart(5, "0")}`,
  );
}

function mergeFiles(lists: readonly (readonly LearnedFile[])[]): LearnedFile[] {
  const files = new Map<string, LearnedFile>();
  for (const file of lists.flat()) {
    const before = files.get(file.path);
    files.set(file.path, before === undefined ? file : mergeFile(before, file));
  }
  return [...files.values()].sort(({ path: one }, { path: other }) => (one < other ? -1 : 1));
}

function mergeFile(one: LearnedFile, other: LearnedFile): LearnedFile {
  const how: readonly How[] = [...new Set([...(one.how ?? []), ...(other.how ?? [])])].sort();
  // Two containers have an inode each; what one of them wrote anew is no file of the image any more.
  const layer = one.layer === "lower" ? (other.layer ?? one.layer) : (one.layer ?? other.layer);
  return {
    path: one.path,
    ...(one.inode !== undefined && one.inode === other.inode ? { inode: one.inode } : {}),
    count: one.count + other.count,
    ...(layer === undefined ? {} : { layer }),
    ...(how.length === 0 ? {} : { how }),
  };
}
