/** The dependency graph over a list of packages, apart from how each file names its entries. */
import type { Package } from "../model.ts";

/**
 * For each package the indexes of those that it needs, each once; undefined where its file has no graph. References
 * hold within one file as one layer left it. One that leads nowhere is left out.
 */
export function dependencyIndexes(packages: readonly Package[]): (readonly number[] | undefined)[] {
  const byReference = new Map<string, number>();
  for (const [index, item] of packages.entries()) {
    if (item.reference === undefined) continue;
    const key = keyOf(item, item.reference);
    if (!byReference.has(key)) byReference.set(key, index);
  }
  return packages.map((item) => {
    if (item.dependsOn === undefined) return undefined;
    const indexes = item.dependsOn.flatMap((reference) => byReference.get(keyOf(item, reference)) ?? []);
    return [...new Set(indexes)];
  });
}

function keyOf({ path, removedIn }: Package, reference: string): string {
  return `${path}\0${removedIn ?? ""}\0${reference}`;
}

/** Names for all packages, each different: the package-url where that is enough, else with the path. */
export function packageReferences(packages: readonly Package[]): string[] {
  const taken = new Map<string, number>();
  for (const { purl } of packages) taken.set(purl, (taken.get(purl) ?? 0) + 1);
  const given = new Set<string>();
  return packages.map(({ purl, path }) => {
    const name = taken.get(purl) === 1 ? purl : `${purl} at /${path}`;
    let reference = name;
    for (let i = 2; given.has(reference); i += 1) reference = `${name} (${i})`;
    given.add(reference);
    return reference;
  });
}
