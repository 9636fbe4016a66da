/** The dependency graph over a list of packages, apart from how each file names its entries. */
import type { Package } from "../model.ts";
import { readNeeds } from "../packages/needs.ts";

/**
 * For each package the indexes of those that it needs, each once; undefined where its file has no graph. References
 * hold within one file as one layer left it. One that leads nowhere is left out. What databases of installed packages
 * need by name is looked up here: of deb and apk among all of that type, of npm as Node finds modules.
 */
export function dependencyIndexes(packages: readonly Package[]): (readonly number[] | undefined)[] {
  const byReference = new Map<string, number>();
  const byName = new Map<string, number[]>();
  for (const [index, item] of packages.entries()) {
    if (item.reference !== undefined) {
      const key = keyOf(item, item.reference);
      if (!byReference.has(key)) byReference.set(key, index);
    } else if (item.removedIn === undefined && statesNeeds(item)) {
      const key = item.type === "npm" ? item.path : nameKey(item, item.name);
      const known = byName.get(key);
      if (known === undefined) byName.set(key, [index]);
      else known.push(index);
    }
  }
  return packages.map((item, index) => {
    if (item.dependsOn !== undefined) {
      const indexes = item.dependsOn.flatMap((reference) => byReference.get(keyOf(item, reference)) ?? []);
      return indexes.length < 2 ? indexes : [...new Set(indexes)];
    }
    if (item.reference !== undefined || item.removedIn !== undefined || !statesNeeds(item)) return undefined;
    const found = new Set<number>();
    for (const alternatives of readNeeds(item.needs ?? "")) {
      for (const name of alternatives) {
        const needed = item.type === "npm" ? module(item.path, name, byName) : installed(packages, item, name, byName);
        if (needed === undefined) continue;
        if (needed !== index) found.add(needed);
        break;
      }
    }
    return [...found];
  });
}

function keyOf({ path, removedIn }: Package, reference: string): string {
  return `${path}\0${removedIn ?? ""}\0${reference}`;
}

function nameKey({ type }: Package, name: string): string {
  return `${type}\0${name}`;
}

const MANIFEST = "/package.json";
const MODULES = "node_modules/";

/** Whether the file that declares it says what it needs; then nothing said is nothing needed. */
function statesNeeds({ type, path }: Package): boolean {
  return type === "deb" || type === "apk" || (type === "npm" && path.endsWith(MANIFEST) && path.includes(MODULES));
}

/** Of its own architecture where there are several. */
function installed(
  packages: readonly Package[],
  { type, architecture }: Package,
  name: string,
  byName: ReadonlyMap<string, readonly number[]>,
): number | undefined {
  const known = byName.get(`${type}\0${name}`);
  return known?.find((index) => packages[index]?.architecture === architecture) ?? known?.[0];
}

/** Folders within folders that are looked at for one module: as deep as a path of the image format can lead. */
const DEEPEST = 512;

/** Node's look-up: in the module's own node_modules, then in those around it (Node.js, "Loading from node_modules folders"). */
function module(path: string, name: string, byName: ReadonlyMap<string, readonly number[]>): number | undefined {
  let around = path.slice(0, -MANIFEST.length + 1);
  for (let looks = 0; looks < DEEPEST; looks++) {
    const [found] = byName.get(`${around}${MODULES}${name}${MANIFEST}`) ?? [];
    if (found !== undefined) return found;
    const at = around.lastIndexOf(MODULES);
    if (at < 0) return undefined;
    around = around.slice(0, at);
  }
  return undefined;
}

const DISTRIBUTIONS: ReadonlySet<Package["type"]> = new Set(["deb", "apk", "rpm", "alpm"]);

/** What the root and the distribution hold directly, so that every package is reached from the root. */
export interface Held {
  readonly root: readonly number[];
  /** Empty where no distribution is known. */
  readonly distribution: readonly number[];
}

/**
 * The distribution holds all packages of its database; the root holds what the project names itself, what no other
 * package needs, and of packages that need each other in a ring the first. Linear in packages and edges.
 */
export function heldBy(
  packages: readonly Package[],
  needs: readonly (readonly number[] | undefined)[],
  hasDistribution: boolean,
): Held {
  const distribution: number[] = [];
  const root: number[] = [];
  const needed = new Uint8Array(packages.length);
  for (const indexes of needs) for (const index of indexes ?? []) needed[index] = 1;
  const reached = new Uint8Array(packages.length);
  const reach = (start: number) => {
    const pending = [start];
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (reached[index] === 1) continue;
      reached[index] = 1;
      for (const next of needs[index] ?? []) pending.push(next);
    }
  };
  for (const [index, { type, direct, removedIn }] of packages.entries()) {
    if (hasDistribution && removedIn === undefined && DISTRIBUTIONS.has(type)) distribution.push(index);
    else if (direct === true || needed[index] === 0) root.push(index);
    else continue;
    reach(index);
  }
  for (const index of packages.keys()) {
    if (reached[index] === 1) continue;
    root.push(index);
    reach(index);
  }
  return { root, distribution };
}

/** Names for all packages, each different: the package-url where that is enough, else with the path. */
export function packageReferences(packages: readonly Package[]): string[] {
  const taken = new Map<string, number>();
  for (const { purl } of packages) taken.set(purl, (taken.get(purl) ?? 0) + 1);
  if (taken.size === packages.length) return [...taken.keys()];
  const given = new Set<string>();
  return packages.map(({ purl, path }) => {
    const name = taken.get(purl) === 1 ? purl : `${purl} at /${path}`;
    let reference = name;
    for (let i = 2; given.has(reference); i += 1) reference = `${name} (${i})`;
    given.add(reference);
    return reference;
  });
}
