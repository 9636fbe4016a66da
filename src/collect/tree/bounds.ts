/** Bounds of what is looked for below a folder. */
export const bounds = {
  /** A Dockerfile that is read for the images it names alone. */
  smallFileBytes: 4 * 1024 * 1024,
  /** A Compose file that is read for what it builds alone: as any manifest. */
  composeBytes: 4 * 1024 * 1024,
  composeDocuments: 100,
  /** Files that may say what is built, bytes of one, and paths that they name together. */
  recipes: 1_000,
  recipeBytes: 1024 * 1024,
  recipeNames: 20_000,
  /** Files that one lockfile includes. */
  includedFiles: 100,
  /** Entries and depth of a build context that are looked through for files with secrets. */
  contextEntries: 20_000,
  contextDepth: 2,
  /** Pipelines of one tree. */
  pipelines: 1_000,
  /** Files by which scanners of pipelines are configured, and bytes of one: they hold some dozens of settings. */
  scannerFiles: 100,
  scannerFileBytes: 256 * 1024,
  /** One .gitignore. */
  ignoreFileBytes: 1024 * 1024,
  /** Milliseconds in which all there is to judge below a folder must be found. */
  discoverMilliseconds: 10 * 60 * 1000,
  /** Files of a directory of a commit that are laid out, and their bytes together. */
  commitFiles: 50_000,
  commitBytes: 512 * 1024 * 1024,
  /** Entries that a pattern of GitLab's `include:local` is held against. */
  gitlabEntries: 50_000,
} as const;
