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
  /** Entries of one layer, and of one merged tree. */
  entries: 1_000_000,
  /** Characters of all paths and link targets of one layer, and of all layers of one image: they are held in memory. */
  namesLength: 256 * 1024 * 1024,
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
  /** A package database or another file that is read whole. */
  wantedFileBytes: 256 * 1024 * 1024,
  /** One small text file: os-release, package.json. */
  smallFileBytes: 4 * 1024 * 1024,
  /** A lockfile or another list of what a project asks for; the largest real ones stay under 20 MiB. */
  lockfileBytes: 64 * 1024 * 1024,
  /** Edges of the dependency graph that one file states; the largest real ones have some 50,000. */
  dependencyEdges: 2_000_000,
  /** Places tried while the dependencies of one lockfile are followed through its nested folders of modules. */
  dependencySteps: 5_000_000,
  /** Values of one Erlang or Elixir term; a large lockfile has some 20,000. */
  manifestValues: 2_000_000,
  /** Characters of one line of a lockfile whose lines are taken apart into words. */
  manifestLineLength: 16_384,
  /** Values within values in one file that declares packages: XML elements, Erlang and Elixir terms, YAML, TOML. */
  manifestDepth: 200,
  /** Wanted files of one layer together. */
  wantedLayerBytes: 1024 * 1024 * 1024,
  /** Packages of one image, and of one layer. */
  packages: 500_000,
  /** Packages in all versions of all files that the layers of one image hold. */
  packageRecords: 1_000_000,
  /** The list of crates that a Rust program embeds, inflated. */
  crateListBytes: 2 * 1024 * 1024,
  /** Files of one distribution package that may declare others; what is over it counts as nobody's. */
  ownedFiles: 100_000,
  /** Entries of one zip archive in memory: a jar. */
  zipEntries: 200_000,
  /** Bytes of one entry of a zip archive in memory, inflated. */
  zipEntryBytes: 256 * 1024 * 1024,
  /** Jars within jars. */
  jarDepth: 8,
  /** Of one jar and all within it: archives, entries, and bytes read. */
  jarArchives: 10_000,
  jarEntries: 1_000_000,
  jarBytes: 1024 * 1024 * 1024,
  /** A declared licence, supplier or the like: what is longer is a text and not a name, and is left out. */
  declaredTextLength: 4_096,
  /** Sentences that say what of one file could not be read; the rest is counted. */
  unreadSentences: 20,
  /** Reasons for what could not be read in one asset; the rest is counted. */
  contentsGaps: 100,
  /** One bill of materials. */
  sbomBytes: 256 * 1024 * 1024,
  /** Values of one bill of materials in JSON: as objects they take some 50 bytes each. */
  sbomValues: 10_000_000,
  /** Elements of one in XML, or tags of one in tag-value form, which take more. */
  sbomElements: 3_000_000,
  /** Values within values in a bill of materials; one within sbomDepth components needs two for each. */
  sbomJsonDepth: 512,
  /** Components within components in a bill of materials. */
  sbomDepth: 64,
  /** One VEX document; the largest real ones have some 20 MiB. */
  vexBytes: 64 * 1024 * 1024,
  /** Members of all lists of one VEX document, groups of products counted wherever they are named. */
  vexSteps: 2_000_000,
  /** Branches or components within others in a VEX document. */
  vexBranchDepth: 64,
  /** One text of a VEX document: an id, a reason. */
  vexTextLength: 65_536,
  /** Entries of an image archive: the tar around the blobs. */
  archiveEntries: 100_000,
  /** Bytes inflated to tell whether a compressed file is an image archive. */
  probeBytes: 1024 * 1024 * 1024,
  /** The spool: what must be seekable and is not on disk yet (a gzipped archive). */
  spoolBytes: 40 * 1024 * 1024 * 1024,
  /** One advisory record. */
  advisoryBytes: 8 * 1024 * 1024,
  /** One advisory source, decompressed. */
  advisorySourceBytes: 8 * 1024 * 1024 * 1024,
  /** Ranges, events and versions of one advisory record together. */
  advisoryItems: 200_000,
  /** Records of one advisory source, and entries of one zip archive or folder of them. */
  advisoryRecords: 5_000_000,
  /** Aliases, upstream and related ids of one record, each list. */
  advisoryNames: 10_000,
  /** Ecosystems and releases that one advisory source names. */
  advisoryScopes: 10_000,
  /** One advisory id, or one alias. */
  advisoryIdLength: 256,
  /** One package name, in an image or in an advisory; real ones stay under 215 (npm's own limit). */
  packageNameLength: 1_024,
  /** Folders within a folder of advisories. */
  advisoryFolderDepth: 16,
  /** One list of the records of a feed: some 40 bytes each. */
  feedListBytes: 128 * 1024 * 1024,
  /** Records of one feed that are fetched one by one; where more changed, its archive is. */
  feedSingles: 2_000,
  /** Bytes of all records that are fetched one by one: they wait in memory until the database is written. */
  feedSinglesBytes: 128 * 1024 * 1024,
  /** One archive of a feed, packed; the largest real ones have some 200 MiB. */
  feedArchiveBytes: 4 * 1024 * 1024 * 1024,
  /** Milliseconds that it may take in all, over all its tries. */
  feedArchiveMilliseconds: 60 * 60 * 1000,
  /** A catalogue of exploited flaws (KEV, EPSS), inflated; real ones have 1 and 10 MiB. */
  catalogueBytes: 128 * 1024 * 1024,
  /** Rows of one; EPSS scores every CVE there is. */
  catalogueRows: 2_000_000,
  /** The database within an offline bundle, inflated. */
  bundleBytes: 32 * 1024 * 1024 * 1024,
  /** The central directory of one zip archive. */
  zipDirectoryBytes: 1024 * 1024 * 1024,
  /** One version text; longer ones compare as invalid. */
  versionLength: 1_024,
  /** A policy file. */
  policyBytes: 1024 * 1024,
  /** A baseline of known findings: some 250 bytes each. */
  baselineBytes: 128 * 1024 * 1024,
  /** Values within values in a policy file. */
  policyDepth: 16,
  /** Values of a policy file, with its aliases followed. */
  policyValues: 100_000,
  /** Exceptions of one policy: each is held against each finding. One exception may name many ids. */
  policyExceptions: 1_000,
  /** Characters of one text of a policy: an id, a pattern, a reason. */
  policyTextLength: 1_024,
  /** Problems of one policy file that are reported. */
  policyProblems: 100,
  /** Milliseconds that git may take to hand over a policy file. */
  gitMilliseconds: 30_000,
  /** Milliseconds without a byte from a registry before it counts as stalled. */
  stallMilliseconds: 30_000,
  /** Milliseconds that one document (manifest, config, token) may take in all. */
  documentMilliseconds: 120_000,
  /** Milliseconds that a credential helper may take; some ask their user. */
  helperMilliseconds: 60_000,
  /** Redirects followed for one request. */
  redirects: 5,
  /** Tries of one request that was answered with 429 or 5xx. */
  tries: 4,
  /** Seconds between two tries, at most, whatever a Retry-After header asks for. */
  retryAfterSeconds: 30,
  /** Milliseconds between the first two tries where there is no Retry-After header; they double from there. */
  backoffMilliseconds: 500,
  /** All headers of one HTTP answer. Signed URLs in a Location need a few KiB. */
  headerBytes: 32 * 1024,
  /** The body of an HTTP answer that is no success: read for its message alone. */
  errorBytes: 16 * 1024,
  /** Milliseconds for one whole asset (an image): over it, what is missing is unknown. */
  assetMilliseconds: 30 * 60 * 1000,
} as const;
