/** Bounds of what is told of the secrets of one file and one asset. */
export const bounds = {
  /** Hits in one file, and secrets of one layer or folder; what is over it is counted. */
  secretsOfFile: 2_000,
  secretsOfAsset: 20_000,
} as const;
