/** Bounds of a Git repository, whose files are read without running git. */
export const bounds = {
  /** Bytes of one path, as PATH_MAX. */
  pathBytes: 4_096,
  /** Components of one path: deeper ones are refused. */
  pathDepth: 512,
  /** One small file of a repository: HEAD, a loose ref, config, gitdir, alternates, shallow. */
  gitFileBytes: 16 * 1024 * 1024,
  /** packed-refs; some 70 bytes a ref. */
  gitPackedRefsBytes: 256 * 1024 * 1024,
  /** Refs of one repository, and files and folders looked at for them. */
  gitRefs: 1_000_000,
  /** Refs that name a ref that names a ref, as git's SYMREF_MAXDEPTH. */
  gitSymbolicRefs: 5,
  /** Object stores borrowed from, and how far one may borrow from another, as git's own limit. */
  gitAlternates: 32,
  gitAlternateDepth: 5,
  /** Packs of one repository, and the index of one of them. */
  gitPacks: 10_000,
  gitIndexBytes: 1024 * 1024 * 1024,
  /** Objects of one repository, copies in several packs counted; the Linux kernel has some 11 million. */
  gitObjects: 20_000_000,
  /** One object, inflated. */
  gitObjectBytes: 128 * 1024 * 1024,
  /** Deltas upon deltas, as git's own limit. */
  gitDeltaDepth: 4_096,
  /** All objects that one reading of a history inflates: what packs of deltas upon deltas run into. */
  gitHistoryBytes: 512 * 1024 * 1024 * 1024,
  /** Gaps of one code that are told; the rest is counted. */
  gitGaps: 20,
  /** One .gitignore: rules, and characters of one line. */
  ignoreRules: 10_000,
  ignoreLine: 4_096,
  /** Ids of absent objects that are remembered, to count each once. */
  gitAbsentObjects: 100_000,
  /** Characters kept of a commit's author, and of the first line of its message. */
  gitSubjectLength: 256,
  /** What a server says of its refs: some 70 bytes each, and repositories of actions have a few thousand. */
  gitAdvertisedBytes: 16 * 1024 * 1024,
  /** Until it has said all of them. */
  gitRemoteMilliseconds: 20_000,
} as const;
