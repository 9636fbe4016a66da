/**
 * The form of the dated table. Its dates were gathered from vendors' pages, from Debian's distro-info-data and from the
 * endoflife.date collection, which cites them; `source` of each product is the page where the vendor states them, to check
 * a date against. Whoever changes one moves `LIFECYCLE_AS_OF` only after looking at all of them; what could not be found
 * is left out.
 */

/** ISO 8601 date as of which every row holds. */
export const LIFECYCLE_AS_OF = "2026-08-22";

/**
 * Days after that date on which the table still counts as current. Ends are announced years ahead and seldom move; what
 * is released later is not in the table, and unknown for that reason alone.
 */
export const LIFECYCLE_CURRENT_DAYS = 365;

export interface Product {
  /** As the project writes it: `Node.js`. */
  readonly name: string;
  /** The page that states the dates. */
  readonly source: string;
  /** Releases that get fixes without an end: a rolling distribution has no others. */
  readonly rolling?: boolean;
  /** What a third date of a row is the end of: support that not everybody gets. */
  readonly extended?: string;
  /** Newest first. What is missing is unknown. */
  readonly releases: readonly ReleaseRow[];
}

/**
 * A release and the last day on which everybody gets its security fixes; of extended support the last day after that.
 * An end of `>2027-02-01` is none that is announced: what ends it is a later release, which comes on that day at the
 * earliest. Until then it is supported, from then on unknown.
 */
export type ReleaseRow = readonly [release: string, ends: string, extendedEnds?: string];
