/** Bounds of images: layouts, archives, layers and the merged tree. */
export const bounds = {
  /** A JSON document of a registry or layout: index, manifest, config, token answer. */
  manifestBytes: 4 * 1024 * 1024,
  /** Indexes within indexes. */
  indexDepth: 4,
  /** Manifests in one index. */
  indexEntries: 1_000,
  /** Pages of one list of referrers. */
  referrerPages: 50,
  /** Entries of one list of referrers, on all its pages. */
  referrers: 5_000,
  /** Layers in one image. */
  layers: 1_000,
  /** One layer, decompressed: what a gzip bomb runs into. */
  layerBytes: 20 * 1024 * 1024 * 1024,
  /** Entries of one layer, of one merged tree, and of a folder taken for a root. */
  entries: 1_000_000,
  /** Bytes of one path, as PATH_MAX. */
  pathBytes: 4_096,
  /** Components of one path: deeper ones are refused. */
  pathDepth: 512,
  /** Bytes of all extended headers (pax, GNU long names) of one entry. */
  extendedHeaderBytes: 1024 * 1024,
  /** Symlinks followed while one path is resolved, as Linux's MAXSYMLINKS. */
  symlinks: 40,
  /** Components looked up and nodes held against whiteouts while one tree is merged. */
  treeSteps: 50_000_000,
  /** A list of layers that storage keeps on this machine. */
  wantedFileBytes: 256 * 1024 * 1024,
  /** One storage.conf, which is a page of text. */
  storageConfBytes: 1024 * 1024,
  /** Entries of an image archive: the tar around the blobs. */
  archiveEntries: 100_000,
  /** Bytes inflated to tell whether a compressed file is an image archive. */
  probeBytes: 1024 * 1024 * 1024,
  /** The spool: what must be seekable and is not on disk yet (a gzipped archive). */
  spoolBytes: 40 * 1024 * 1024 * 1024,
} as const;
