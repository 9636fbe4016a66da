import type { ReleaseLifecycle } from "../model.ts";
import { LIFECYCLE_AS_OF, type Product, type ReleaseRow } from "./table.ts";

/** What the table says of one release of a product on a day. */
export type Support =
  | { readonly state: "rolling" }
  | { readonly state: "dated"; readonly lifecycle: Omit<ReleaseLifecycle, "kind" | "packages"> }
  /** One sentence without a full stop. */
  | { readonly state: "unknown"; readonly reason: string };

/**
 * The release that a version belongs to is the one with the most components that begins it: `3.10.4` is of 3.10, not
 * of 3.1. A release of no end that is announced (see the table) is unknown from the day on which it may end.
 */
export function supportOf(product: Product, version: string, now: Date): Support {
  if (product.rolling === true) return { state: "rolling" };
  const row = rowOf(product, version);
  if (row === undefined) {
    return {
      state: "unknown",
      reason: `${product.name} ${version.slice(0, 64)} is not in the table of releases as of ${LIFECYCLE_AS_OF}`,
    };
  }
  const [release, end, extendedEnds] = row;
  const earliest = earliestOf(end);
  if (earliest !== undefined && !isBefore(now, earliest)) {
    return {
      state: "unknown",
      reason: `the support of ${product.name} ${release} may have ended since ${earliest} (not in the end-of-life data of ${LIFECYCLE_AS_OF})`,
    };
  }
  return {
    state: "dated",
    lifecycle: {
      product: product.name,
      release,
      ...endOf(end),
      ...(product.extended === undefined || extendedEnds === undefined
        ? {}
        : { extended: { name: product.extended, ends: extendedEnds } }),
      newer: product.releases
        .slice(0, product.releases.indexOf(row))
        .filter(([, until]) => {
          const may = earliestOf(until);
          return may === undefined || isBefore(now, may);
        })
        .map(([newer, until]) => ({ release: newer, ...endOf(until) }))
        .reverse(),
      source: product.source,
    },
  };
}

function rowOf({ releases }: Product, version: string): ReleaseRow | undefined {
  let best: ReleaseRow | undefined;
  for (const row of releases) {
    if (begins(row[0], version) && (best === undefined || row[0].length > best[0].length)) best = row;
  }
  return best;
}

/** `3.1` begins 3.1, 3.1.4 and 3.1rc1, and not 3.10. OpenSSL's letters are patches of a release: `1.1.1w`. */
function begins(release: string, version: string): boolean {
  if (!version.startsWith(release)) return false;
  const next = version[release.length];
  return next === undefined || next < "0" || next > "9";
}

function endOf(end: string): { ends?: string } {
  return earliestOf(end) === undefined ? { ends: end } : {};
}

/** The day of a `>2027-02-01`. */
function earliestOf(end: string): string | undefined {
  return end.startsWith(">") ? end.slice(1) : undefined;
}

function isBefore(now: Date, day: string): boolean {
  return now.getTime() < Date.parse(`${day}T00:00:00Z`);
}
