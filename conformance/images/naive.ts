/**
 * What advisories imply, worked out a second time and as plainly as can be: every record of every file is looked at for
 * every package, with npm's own `semver` for the order. It shares no code with the program's importer, database or
 * matching, so that the two can be held against each other.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compare, valid } from "semver";

interface OsvRecord {
  readonly id: string;
  readonly withdrawn?: string;
  readonly affected?: readonly {
    readonly package?: { readonly ecosystem: string; readonly name: string };
    readonly ranges?: readonly { readonly type: string; readonly events: readonly OsvEvent[] }[];
    readonly versions?: readonly string[];
  }[];
}

/** One of the three that npm's and Alpine's records use. */
interface OsvEvent {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly last_affected?: string;
}

export interface NamedVersion {
  readonly name: string;
  readonly version: string;
}

type Compare = (a: string, b: string) => number;

/** Ids of the advisories that concern each package, as `name version id`, sorted. */
export function impliedBy(
  folder: string,
  ecosystem: string,
  packages: readonly NamedVersion[],
  order: Compare,
): string[] {
  const byName = Map.groupBy(packages, (item) => item.name);
  const implied = new Set<string>();
  for (const record of recordsNaming(folder, ecosystem)) {
    if (record.withdrawn !== undefined) continue;
    for (const { package: named, ranges = [], versions = [] } of record.affected ?? []) {
      if (named?.ecosystem !== ecosystem) continue;
      for (const { name, version } of byName.get(named.name) ?? []) {
        const inRange = ranges.some(({ type, events }) => type !== "GIT" && isWithin(version, events, order));
        if (versions.includes(version) || inRange) implied.add(`${name} ${version} ${record.id}`);
      }
    }
  }
  return [...implied].sort();
}

function* recordsNaming(folder: string, ecosystem: string): Generator<OsvRecord> {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".jsonl.gz"))) {
    for (const line of gunzipSync(readFileSync(join(folder, file)))
      .toString("utf8")
      .split("\n")) {
      if (line.includes(`"${ecosystem}"`)) yield JSON.parse(line) as OsvRecord;
    }
  }
}

/** The OSV schema's evaluation: the last event at or below the version decides. */
function isWithin(version: string, events: readonly OsvEvent[], order: Compare): boolean {
  const against = (bound: string): number => (bound === "0" ? 1 : order(version, bound));
  const sorted = events
    .flatMap(({ introduced, fixed, last_affected: last }) => [
      ...(introduced === undefined ? [] : [{ at: introduced, opens: true, passed: against(introduced) >= 0 }]),
      ...(fixed === undefined ? [] : [{ at: fixed, opens: false, passed: against(fixed) >= 0 }]),
      ...(last === undefined ? [] : [{ at: last, opens: false, passed: against(last) > 0 }]),
    ])
    .sort((a, b) => (a.at === b.at ? 0 : a.at === "0" ? -1 : b.at === "0" ? 1 : order(a.at, b.at)));
  return sorted.filter((event) => event.passed).at(-1)?.opens ?? false;
}

export function semverOrder(a: string, b: string): number {
  for (const version of [a, b]) if (valid(version) === null) throw new Error(`${version} is no semantic version`);
  return compare(a, b);
}

/** apk's order for the plain versions that these images and their advisories have: `1.30.1-r2`, `2.9z`. */
export function plainApkOrder(a: string, b: string): number {
  const left = apkParts(a);
  const right = apkParts(b);
  const numbers = Math.max(left.numbers.length, right.numbers.length);
  for (let i = 0; i < numbers; i++) {
    // More numbers are the higher version: 1.2.0 is above 1.2.
    const difference = (left.numbers[i] ?? -1) - (right.numbers[i] ?? -1);
    if (difference !== 0) return difference;
  }
  if (left.letter !== right.letter) return left.letter < right.letter ? -1 : 1;
  return left.release - right.release;
}

function apkParts(version: string): { numbers: readonly number[]; letter: string; release: number } {
  const match = /^(\d+(?:\.\d+)*)([a-z]?)(?:-r(\d+))?$/.exec(version);
  const numbers = match?.[1]?.split(".") ?? [];
  // After the first, apk compares numbers with a leading zero as text: none of these has one, and this is not to hide it.
  if (match === null || numbers.slice(1).some((digits) => /^0\d/.test(digits))) {
    throw new Error(`${version} is not among the versions that the plain order knows`);
  }
  return { numbers: numbers.map(Number), letter: match[2] ?? "", release: Number(match[3] ?? -1) };
}
