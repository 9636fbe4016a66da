/** Bounds of one run. */
export const bounds = {
  /** Images of a cluster that are scanned on request. */
  clusterScannedImages: 1_000,
  /** Images that manifests name whose signatures are looked up; of more it is unknown. */
  verifiedImages: 1_000,
  /** Namespaces in which admission is tried; of more it is unknown. */
  probedNamespaces: 1_000,
  /** Milliseconds for all of them: each answer takes as long as the webhooks of a cluster may. */
  probeMilliseconds: 10 * 60 * 1000,
  /** Bills of materials of one image by which it is judged, the youngest. */
  attestedSboms: 4,
} as const;
