/** Which version of a package became which, where a lockfile has several. */
import { compareText } from "../../../core/order.ts";
import type { PackageType } from "../../contents/model.ts";
import type { Version } from "../../vulnerability/versions/scheme.ts";
import { bounds } from "./bounds.ts";
import { schemeOf, versionOf } from "./versions.ts";

export type Pair<T> =
  | { readonly before: T; readonly after: T }
  | { readonly before: T; readonly after?: undefined }
  | { readonly before?: undefined; readonly after: T };

interface Versioned {
  readonly version: string;
}

interface Ordered<T> {
  readonly item: T;
  readonly version: Version;
  /** Among all versions of both sides. */
  rank: number;
}

/**
 * Pairs the versions that only one side has, of one package of one lockfile. As many as possible are paired, none
 * crosses another in the order, and together they lie as near as can be; of equals an upgrade is meant. Versions that
 * have no order are paired last, as they are written.
 *
 * @param before - without what both sides have; in any order
 */
export function pairVersions<T extends Versioned>(
  type: PackageType,
  before: readonly T[],
  after: readonly T[],
): Pair<T>[] {
  if (before.length === 0) return after.map((item) => ({ after: item }));
  if (after.length === 0) return before.map((item) => ({ before: item }));
  const [old, oldRest] = ordered(type, before);
  const [fresh, freshRest] = ordered(type, after);
  const scheme = schemeOf(type);
  if (scheme !== undefined) {
    const all = [...old, ...fresh].sort((a, b) => scheme.compare(a.version, b.version));
    for (const [rank, each] of all.entries()) each.rank = rank;
  }
  const pairs = paired(old, fresh);
  const used = new Set<T>(pairs.flatMap(({ before: one, after: other }) => [one, other]));
  const left = [...oldRest, ...old.map(({ item }) => item).filter((item) => !used.has(item))];
  const added = [...freshRest, ...fresh.map(({ item }) => item).filter((item) => !used.has(item))];
  const rest: Pair<T>[] = [];
  // Of what is left of one side, nothing with an order is left of the other, so that no chance of an order is missed.
  for (let index = 0; index < Math.max(left.length, added.length); index++) {
    const [one, other] = [left[index], added[index]];
    if (one !== undefined && other !== undefined) rest.push({ before: one, after: other });
    else if (one !== undefined) rest.push({ before: one });
    else if (other !== undefined) rest.push({ after: other });
  }
  return [...pairs, ...rest];
}

/** Those with an order, lowest first, and the others by their text. */
function ordered<T extends Versioned>(type: PackageType, items: readonly T[]): [Ordered<T>[], T[]] {
  const scheme = schemeOf(type);
  const known: Ordered<T>[] = [];
  const rest: T[] = [];
  for (const item of items) {
    const version = versionOf(type, item.version);
    if (version === undefined) rest.push(item);
    else known.push({ item, version, rank: 0 });
  }
  if (scheme !== undefined) {
    known.sort((a, b) => scheme.compare(a.version, b.version) || compareText(a.item.version, b.item.version));
  }
  rest.sort((a, b) => compareText(a.version, b.version));
  return [known, rest];
}

function paired<T>(
  old: readonly Ordered<T>[],
  fresh: readonly Ordered<T>[],
): { readonly before: T; readonly after: T }[] {
  if (old.length === 0 || fresh.length === 0) return [];
  if (old.length === fresh.length || old.length * fresh.length > bounds.versionPairs) {
    return old
      .slice(0, fresh.length)
      .map(({ item }, index) => ({ before: item, after: (fresh[index] as Ordered<T>).item }));
  }
  const swapped = old.length > fresh.length;
  const [few, many] = swapped ? [fresh, old] : [old, fresh];
  const costOf = (one: Ordered<T>, other: Ordered<T>): number => {
    const distance = swapped ? one.rank - other.rank : other.rank - one.rank;
    // A downgrade is a little further away.
    return distance >= 0 ? 2 * distance : 1 - 2 * distance;
  };
  // Cost of the first `f` of the few among the first `m` of the many.
  const width = many.length + 1;
  const costs = new Float64Array((few.length + 1) * width).fill(Number.POSITIVE_INFINITY);
  costs.fill(0, 0, width);
  for (let f = 1; f <= few.length; f++) {
    for (let m = f; m <= many.length; m++) {
      const taken = (costs[(f - 1) * width + m - 1] ?? 0) + costOf(few[f - 1] as Ordered<T>, many[m - 1] as Ordered<T>);
      costs[f * width + m] = Math.min(taken, costs[f * width + m - 1] ?? taken);
    }
  }
  const pairs: { readonly before: T; readonly after: T }[] = [];
  for (let f = few.length, m = many.length; f > 0; m--) {
    if (m > f && costs[f * width + m] === costs[f * width + m - 1]) continue;
    const [one, other] = [(few[f - 1] as Ordered<T>).item, (many[m - 1] as Ordered<T>).item];
    pairs.push(swapped ? { before: other, after: one } : { before: one, after: other });
    f -= 1;
  }
  return pairs.reverse();
}
