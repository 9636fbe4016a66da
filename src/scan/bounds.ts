/** Bounds of one run. */
export const bounds = {
  /** Images of a cluster that are scanned on request. */
  clusterScannedImages: 1_000,
  /** Images that manifests name whose signatures are looked up; of more it is unknown. */
  verifiedImages: 1_000,
  /** Bills of materials of one image by which it is judged, the youngest. */
  attestedSboms: 4,
} as const;
