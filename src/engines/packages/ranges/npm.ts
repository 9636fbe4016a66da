import satisfies from "semver/functions/satisfies.js";
import valid from "semver/functions/valid.js";
import validRange from "semver/ranges/valid.js";
import { LONGEST_RANGE } from "./comparators.ts";

/**
 * Whether a version is in a range of npm ("semver" in npm's documentation). A pre-release counts wherever it lies in the
 * order: package managers install one where nothing else is published.
 *
 * @returns undefined where the range is a tag, a place or otherwise none, or the version is none
 */
export function inNpmRange(range: string, version: string): boolean | undefined {
  if (range.length > LONGEST_RANGE || valid(version, LOOSE) === null) return undefined;
  if (validRange(range, LOOSE) === null) return undefined;
  return satisfies(version, range, LOOSE);
}

const LOOSE = { loose: true, includePrerelease: true } as const;

/**
 * The same for Cargo ("Specifying Dependencies"): all of several requirements, and a version alone means `^`. The two take
 * every operator alike.
 */
export function inCargoRange(range: string, version: string): boolean | undefined {
  const parts = range.split(",", MOST_PARTS).map((part) => part.trim());
  if (range.length > LONGEST_RANGE || parts.includes("")) return undefined;
  const written = parts.map((part) => (/^\d/.test(part) && !/[*x]/i.test(part) ? `^${part}` : part));
  return inNpmRange(written.map((part) => part.replace(/\s+/g, "")).join(" "), version);
}

const MOST_PARTS = 32;
