/** Bounds of what is asked about pipelines. */
export const bounds = {
  /** Repositories of actions that are asked about in one run: a project uses a few dozen. */
  pinLookUps: 200,
  /** At the same time. */
  pinsAtOnce: 4,
  /** Bytes of a file of past runs, and runs of it: GitHub keeps 400 days of them. */
  pastRunsBytes: 64 * 1024 * 1024,
  pastRuns: 100_000,
} as const;
