/** Bounds of one run over a cluster. */
export const bounds = {
  /** Images of a cluster that are scanned on request. */
  clusterScannedImages: 1_000,
} as const;
