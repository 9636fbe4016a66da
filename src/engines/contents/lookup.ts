import type { Analyser } from "./analyser.ts";

/**
 * The analyser that wants a file, or undefined for the great majority.
 *
 * @param path - relative to the root, without a leading slash
 * @param executable - whether the file has an execute bit
 */
export type AnalyserLookup = (path: string, executable?: boolean) => Analyser | undefined;

/** Asked for every entry of every layer, so the first look is one Map look-up on the base name. */
export function lookupIn(all: readonly Analyser[]): AnalyserLookup {
  const byBasename = group(all, (analyser) => analyser.basenames ?? []);
  const byExtension = group(all, (analyser) => analyser.extensions ?? []);
  const byDirectory = group(all, (analyser) => analyser.directories ?? []);
  const executables = all.filter((analyser) => analyser.executables === true);
  /** Lengths of the folders in `byDirectory`: spares most paths the cost of cutting and hashing their folder. */
  const directoryLengths: ReadonlySet<number> = new Set([...byDirectory.keys()].map((directory) => directory.length));

  return (path, executable = false) => {
    const slash = path.lastIndexOf("/");
    const wants = (analyser: Analyser) => analyser.wants(path);
    const named = byBasename.get(path.slice(slash + 1))?.find(wants);
    if (named !== undefined) return named;
    const dot = path.lastIndexOf(".");
    if (dot > slash && path.length - dot <= LONGEST_EXTENSION) {
      const ending = byExtension.get(path.slice(dot).toLowerCase())?.find(wants);
      if (ending !== undefined) return ending;
    }
    if (directoryLengths.has(slash)) {
      const placed = byDirectory.get(path.slice(0, slash))?.find(wants);
      if (placed !== undefined) return placed;
    }
    return executable ? executables.find(wants) : undefined;
  };
}

/** Spares long last components without a real ending the cost of cutting and hashing. */
const LONGEST_EXTENSION = 12;

function group(
  all: readonly Analyser[],
  keys: (analyser: Analyser) => readonly string[],
): ReadonlyMap<string, readonly Analyser[]> {
  const groups = new Map<string, Analyser[]>();
  for (const analyser of all) {
    for (const key of keys(analyser)) groups.set(key, [...(groups.get(key) ?? []), analyser]);
  }
  return groups;
}
