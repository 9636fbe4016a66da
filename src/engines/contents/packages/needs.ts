/**
 * What packages of a database need, as one text each: names apart by blanks, and alternatives by a bar. A text and no list,
 * because a scan keeps it for each of a hundred thousand packages.
 */
import { bounds } from "../bounds.ts";
import type { PackageRecord } from "../model.ts";

/** What one entry of a database states of itself. */
export interface StatedNeeds {
  readonly name: string;
  /** One for each thing needed: the names that would do, the preferred first. */
  readonly needs: readonly (readonly string[])[];
  /** Names that it answers to besides its own. */
  readonly provides: readonly string[];
}

/**
 * Of each entry the packages of the same database that it needs, `a b c`, each once; undefined where it needs none that
 * is there. A package's own name goes before what others provide, and the first who provides it is taken.
 */
export function neededNames(entries: readonly StatedNeeds[]): (string | undefined)[] {
  const names = new Set<string>();
  const providers = new Map<string, string>();
  for (const { name } of entries) names.add(name);
  for (const { name, provides } of entries) {
    for (const provided of provides) if (!providers.has(provided)) providers.set(provided, name);
  }
  return entries.map(({ name, needs }) => {
    const found = new Set<string>();
    for (const alternatives of needs) {
      const own = alternatives.find((one) => names.has(one));
      const provided = own ?? alternatives.map((one) => providers.get(one)).find((one) => one !== undefined);
      if (provided !== undefined && provided !== name) found.add(provided);
    }
    return writtenNeeds([...found].map((one) => [one]));
  });
}

/** `a b|c`; undefined where nothing is needed. Over the bound the rest is left out. */
export function writtenNeeds(needs: readonly (readonly string[])[]): string | undefined {
  const words = needs.slice(0, bounds.neededNames).map((alternatives) => alternatives.join("|"));
  return words.length === 0 ? undefined : [...new Set(words)].sort().join(" ");
}

/** The alternatives of each thing needed. */
export function readNeeds(written: string): string[][] {
  return written
    .split(" ", bounds.neededNames)
    .filter((word) => word !== "")
    .map((word) => word.split("|"));
}

/** A record that needs what is given, if anything. */
export function withNeeds(record: PackageRecord, needs: string | undefined): PackageRecord {
  return needs === undefined ? record : { ...record, needs };
}
