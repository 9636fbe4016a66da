import type { Analyser } from "./analyser.ts";
import { alpineRelease } from "./os/alpine-release.ts";
import { debianVersion } from "./os/debian-version.ts";
import { osRelease } from "./os/os-release.ts";
import { apk } from "./packages/apk/apk.ts";
import { dpkg } from "./packages/dpkg/dpkg.ts";
import { npm } from "./packages/npm/npm.ts";
import { rpm } from "./packages/rpm/rpm.ts";

/** A new ecosystem is one more line here. No path is wanted by two of them (a test holds that). */
export const analysers: readonly Analyser[] = [osRelease, alpineRelease, debianVersion, dpkg, apk, rpm, npm];

const byBasename = group(analysers, (analyser) => analyser.basenames ?? []);
const byDirectory = group(analysers, (analyser) => analyser.directories ?? []);
/** Lengths of the folders in `byDirectory`: spares most paths the cost of cutting and hashing their folder. */
const directoryLengths: ReadonlySet<number> = new Set([...byDirectory.keys()].map((directory) => directory.length));

/**
 * The analyser that reads a file, or undefined for the great majority. Asked for every entry of every layer, so the
 * first look is one Map look-up on the base name.
 *
 * @param path - relative to the root, without a leading slash
 */
export function analyserFor(path: string): Analyser | undefined {
  const slash = path.lastIndexOf("/");
  const named = byBasename.get(path.slice(slash + 1));
  if (named !== undefined) {
    for (const analyser of named) if (analyser.wants(path)) return analyser;
  }
  if (!directoryLengths.has(slash)) return undefined;
  return byDirectory.get(path.slice(0, slash))?.find((analyser) => analyser.wants(path));
}

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
