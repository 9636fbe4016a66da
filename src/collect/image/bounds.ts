/** Bounds of what the layers of one image give together. */
export const bounds = {
  /** Characters of all paths and link targets of one layer, and of all layers of one image: they are held in memory. */
  namesLength: 256 * 1024 * 1024,
  /** Wanted files of one layer together. */
  wantedLayerBytes: 1024 * 1024 * 1024,
  /** Packages in all versions of all files that the layers of one image hold. */
  packageRecords: 1_000_000,
  /** Base images whose digests are looked up in one run. */
  digestLookUps: 500,
  /** The list of known base images. */
  knownBasesBytes: 16 * 1024 * 1024,
} as const;
