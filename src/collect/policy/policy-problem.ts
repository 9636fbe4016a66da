/** One thing that is wrong in a policy file. Lines and columns count from 1. */
export interface PolicyProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** One sentence without a full stop: `exceptions[0].owner is missing`. */
  readonly cause: string;
  /** `critical, high, medium, low or negligible`. */
  readonly allowed?: string;
}
