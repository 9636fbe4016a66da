/** Bounds of what is compared of two sets of lockfiles. */
export const bounds = {
  /** Pairs tried of the versions of one package that one lockfile has; real ones have ten versions at most. */
  versionPairs: 250_000,
  /** Names of a chain from a direct dependency; real ones stay under 20. */
  throughNames: 64,
  /** Disagreements of one lockfile with its manifests. */
  mismatches: 1_000,
  /** Reasons why something of a side is not known; the rest is counted. */
  gaps: 200,
} as const;
