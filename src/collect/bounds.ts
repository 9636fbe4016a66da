/** Bounds that several rooms of collecting share. */
export const bounds = {
  /** Entries of one tree that is walked, and of all that the layers of one image hold. */
  entries: 1_000_000,
  /** Milliseconds for one whole asset (an image): over it, what is missing is unknown. */
  assetMilliseconds: 30 * 60 * 1000,
} as const;
