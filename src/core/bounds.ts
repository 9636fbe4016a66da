/**
 * Every bound on what a reader accepts, in one place. Over a bound the answer is *unknown* and says so.
 * The values are part of each cache key (see collect/cache), so that a changed bound re-reads.
 * Bytes unless the name says otherwise.
 */
export const bounds = {
  /** A JSON document of a registry or layout: index, manifest, config, token answer. */
  manifestBytes: 4 * 1024 * 1024,
  /** Indexes within indexes. */
  indexDepth: 4,
  /** Manifests in one index. */
  indexEntries: 1_000,
  /** Layers in one image. */
  layers: 1_000,
  /** One layer, decompressed: what a gzip bomb runs into. */
  layerBytes: 20 * 1024 * 1024 * 1024,
  /** Decompressed bytes a compressed byte; real layers stay under 200, DEFLATE ends at 1032. Judged after 64 MiB. */
  compressionRatio: 1_000,
  /** Entries of one layer, and of one merged tree. */
  entries: 2_000_000,
  /** Bytes of one path, as PATH_MAX. */
  pathBytes: 4_096,
  /** Components of one path: deeper ones are refused. */
  pathDepth: 512,
  /** Bytes of all extended headers (pax, GNU long names) of one entry. */
  extendedHeaderBytes: 1024 * 1024,
  /** Symlinks followed while one path is resolved, as Linux's MAXSYMLINKS. */
  symlinks: 40,
  /** A package database or another file that is read whole. */
  wantedFileBytes: 256 * 1024 * 1024,
  /** One small text file: os-release, package.json. */
  smallFileBytes: 4 * 1024 * 1024,
  /** Wanted files of one layer together. */
  wantedLayerBytes: 1024 * 1024 * 1024,
  /** Packages of one image. */
  packages: 500_000,
  /** The spool: what must be seekable and is not on disk yet (a gzipped archive). */
  spoolBytes: 40 * 1024 * 1024 * 1024,
  /** One advisory record. */
  advisoryBytes: 8 * 1024 * 1024,
  /** One advisory source, decompressed. */
  advisorySourceBytes: 8 * 1024 * 1024 * 1024,
  /** Ranges, events and versions of one advisory record together. */
  advisoryItems: 200_000,
  /** One version text; longer ones compare as invalid. */
  versionLength: 1_024,
  /** A policy file. */
  policyBytes: 1024 * 1024,
  /** Milliseconds without a byte from a registry before it counts as stalled. */
  stallMilliseconds: 30_000,
  /** Milliseconds that one document (manifest, config, token) may take in all. */
  documentMilliseconds: 120_000,
  /** Redirects followed for one request. */
  redirects: 5,
  /** Tries of one request that was answered with 429 or 5xx. */
  tries: 4,
  /** Seconds that a Retry-After header may make us wait, at most. */
  retryAfterSeconds: 30,
  /** Milliseconds for one whole asset (an image): over it, what is missing is unknown. */
  assetMilliseconds: 30 * 60 * 1000,
} as const;
