/** What accepts an unknown: an entry of the policy, an option, or a baseline. */

/** An entry of the policy's `unknown`: which gap, where, why, who answers for it, and until when. */
export interface UnknownEntry {
  /** A gap's code, exact: `advisories.no-coverage`. */
  readonly code: string;
  /** Pattern over check ids (see core/glob.ts); absent: any. */
  readonly check?: string;
  /** As an exception's. */
  readonly asset?: string;
  readonly reason: string;
  readonly owner: string;
  /** ISO 8601 date: the last day on which it holds, in UTC. */
  readonly expires: string;
  readonly source: { readonly path: string; readonly line: number; readonly column: number };
}

/** Who accepts one code of an evaluation, and how long. */
export type AcceptedUnknown =
  /** `--accept-unknown`: for this run. */
  | { readonly code: string; readonly by: "option" }
  | ({ readonly code: string; readonly by: "policy" } & Omit<UnknownEntry, "code" | "check" | "asset">)
  /** Written by `--write-baseline`. */
  | { readonly code: string; readonly by: "baseline"; readonly since: string; readonly expires: string };
