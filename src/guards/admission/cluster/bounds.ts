/** What the guard spends on asking the cluster: each look-up is a part of a request that the API server waits for. */
export const bounds = {
  /** Of the client: milliseconds without a byte, and for one answer in all. */
  stallMilliseconds: 4_000,
  documentMilliseconds: 15_000,
  tries: 3,
  retryAfterSeconds: 1,
  backoffMilliseconds: 100,
  /** Milliseconds that one look-up may take before its answer is unknown. */
  lookUpMilliseconds: 4_000,
  /** Milliseconds that what was watched still counts after the watch broke. */
  behindMilliseconds: 60_000,
  /** Milliseconds that an answer is remembered: one that was given, one that there is nothing, and one that failed. */
  namespaceMilliseconds: 5_000,
  secretMilliseconds: 30_000,
  accessMilliseconds: 10_000,
  absentMilliseconds: 2_000,
  failedMilliseconds: 1_000,
  /** Answers of one kind that are remembered. */
  remembered: 5_000,
  /** Secrets that one pod pulls with. */
  pullSecrets: 50,
  /** Kinds that policies take their parameters from. */
  paramKinds: 50,
  /** Milliseconds between two looks at the cluster's version, and at a kind that could not be looked up. */
  versionMilliseconds: 10 * 60_000,
  paramKindMilliseconds: 30_000,
} as const;
