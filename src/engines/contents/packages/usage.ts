import type { PackageRecord } from "../model.ts";

export type Usage = NonNullable<PackageRecord["usage"]>;

/** What the project itself names in a lockfile, and for what. */
export interface Root {
  readonly reference: string;
  readonly usage: Usage;
}

/** From the weakest on: whoever is needed in two ways is needed in the stronger one. */
const STRENGTH: readonly Usage[] = ["development", "optional", "runtime"];
const OPTIONAL = STRENGTH.indexOf("optional");

/**
 * Works out the usage of those packages whose file states none: a package is used as strongly as the strongest way that
 * leads to it from a root, and a way is as strong as its weakest step. What no root leads to stays without. Linear in
 * packages and dependencies, whatever cycles there are.
 *
 * @param optionalNeeds - of a reference, those of its dependencies that it can do without
 */
export function withUsage(
  records: readonly PackageRecord[],
  roots: readonly Root[],
  optionalNeeds: ReadonlyMap<string, ReadonlySet<string>>,
): PackageRecord[] {
  const needs = new Map(records.map(({ reference = "", dependsOn = [] }) => [reference, dependsOn]));
  const reached = new Map<string, Usage>();
  const optionalParts: string[] = [];
  for (let strength = STRENGTH.length - 1; strength >= 0; strength--) {
    const usage = STRENGTH[strength] as Usage;
    const pending = roots.filter((root) => root.usage === usage).map(({ reference }) => reference);
    if (strength === OPTIONAL) for (const part of optionalParts) pending.push(part);
    for (let reference = pending.pop(); reference !== undefined; reference = pending.pop()) {
      if (reached.has(reference)) continue;
      reached.set(reference, usage);
      const optional = optionalNeeds.get(reference);
      for (const needed of needs.get(reference) ?? []) {
        if (strength > OPTIONAL && optional?.has(needed) === true) optionalParts.push(needed);
        else pending.push(needed);
      }
    }
  }
  return records.map((record) => {
    const usage = record.usage ?? reached.get(record.reference ?? "");
    return usage === undefined ? record : { ...record, usage };
  });
}
