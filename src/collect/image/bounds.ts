/** Bounds of what the layers of one image give together. */
export const bounds = {
  /** Characters of all paths and link targets of one layer, and of all layers of one image: they are held in memory. */
  namesLength: 256 * 1024 * 1024,
  /** Wanted files of one layer together. */
  wantedLayerBytes: 1024 * 1024 * 1024,
  /** Packages in all versions of all files that the layers of one image hold. */
  packageRecords: 1_000_000,
  /** Lists of packages' files, and first bytes of programs, of one image; dpkg's lists of a full image have 20 MiB. */
  fileListsBytes: 512 * 1024 * 1024,
  /** Hard links of one image whose other names are known. */
  hardLinks: 200_000,
  /** Base images whose digests are looked up in one run. */
  digestLookUps: 500,
  /** The list of known base images. */
  knownBasesBytes: 16 * 1024 * 1024,
  /** One static pod, unit or kubelet configuration of a node; real ones stay under 20 KiB. */
  hostConfigurationBytes: 256 * 1024,
  /** All of them together. */
  hostConfigurationsBytes: 16 * 1024 * 1024,
  /** Owners and modes of one node that are looked up; a control plane has some hundred. */
  hostFiles: 20_000,
  /** Folders below those that are known. */
  hostDepth: 6,
  /** Reasons why a file of a node could not be looked up; the rest is counted. */
  hostGaps: 100,
} as const;
