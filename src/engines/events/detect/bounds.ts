/** Bounds of what becomes of matches. What is over one is merged or counted, and never silent. */
export const bounds = {
  /** Alerts that are open, waiting for a repeat: the one that was quiet the longest is closed first. */
  openAlerts: 10_000,
  /** Alerts of one run; those beyond are counted with the first of their rule and asset. */
  alerts: 100_000,
  /** Rules and assets by which those beyond are told apart. */
  mergedAlerts: 10_000,
  /** Characters of an output, and of each field. */
  outputLength: 16 * 1024,
  fieldLength: 4 * 1024,
  ancestors: 8,
} as const;
