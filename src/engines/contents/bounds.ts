/** Bounds of what is read of the files within an image or a folder. */
export const bounds = {
  /** One small text file: os-release, package.json. */
  smallFileBytes: 4 * 1024 * 1024,
  /** A package database or another file that is read whole. */
  wantedFileBytes: 256 * 1024 * 1024,
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
  /** Packages of one image, and of one layer. */
  packages: 500_000,
  /** One package name, in an image or in an advisory; real ones stay under 215 (npm's own limit). */
  packageNameLength: 1_024,
  /** Things that one package needs or provides: a meta-package has hundreds, busybox some 300 commands. */
  neededNames: 4_096,
  /** One version text; longer ones compare as invalid. */
  versionLength: 1_024,
  /** A declared licence, supplier or the like: what is longer is a text and not a name, and is left out. */
  declaredTextLength: 4_096,
  /** One copyright file of Debian's; chromium's has 2 MB. */
  copyrightBytes: 16 * 1024 * 1024,
  /** The text of a license; a file with those of all that a project is made of has some hundred thousand bytes. */
  licenseTextBytes: 1024 * 1024,
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
  /** Sentences that say what of one file could not be read; the rest is counted. */
  unreadSentences: 20,
  /** Reasons for what could not be read in one asset; the rest is counted. */
  contentsGaps: 100,
  /** Setuid programs and programs with capabilities of one layer, and as many that layers removed. */
  raisedFiles: 10_000,
  /** Files and folders of one layer that everybody may write. */
  writablePaths: 20_000,
  /** Accounts of one passwd or shadow file. */
  accounts: 10_000,
} as const;
