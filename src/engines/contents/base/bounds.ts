/** Bounds of the list of known base images. */
export const bounds = {
  /** Entries of the list: some 400 bytes each. */
  knownBases: 10_000,
} as const;
