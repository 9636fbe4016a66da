/** Bounds of the lockfiles that are read of the two sides of a change. */
export const bounds = {
  /** Directories and files of one side that are looked at by name; the largest repositories have some 500,000. */
  entries: 1_000_000,
  /** Lockfiles and manifests of one side; a repository of 10,000 projects is none that one change touches. */
  files: 20_000,
  /** Directories within each other. */
  depth: 256,
  /** One manifest; what a person writes stays under 1 MiB. */
  manifestBytes: 4 * 1024 * 1024,
  /** Bytes of files of one side that are kept between being compared and being read. */
  keptBytes: 64 * 1024 * 1024,
  /** Files that one lockfile is read with: `-r` of requirements, manifests of workspaces. */
  companions: 2_000,
} as const;
