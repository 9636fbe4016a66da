/** Bounds on what is asked of registries in one run, and on what is kept of it. */
export const bounds = {
  /** Requests at a time: registries answer each in some 50 ms, and slow down who asks for more at once. */
  requests: 16,
  /** Documents that are held at a time: of a package with many versions one takes a megabyte. */
  rememberedDocuments: 256,
  /** Milliseconds that all of a run's requests may take together, from the first on. */
  runMilliseconds: 300_000,
  /** Bytes of one archive: npm's largest have 200 MB unpacked; what is over it is not read. */
  archiveBytes: 64 * 1024 * 1024,
  /** Archives that are fetched at a time: each is held in memory whole. */
  archives: 4,
  /** Bytes of a file of settings: .npmrc, pip.conf, config.toml. */
  settingsBytes: 1024 * 1024,
  /** Seconds for which an answer counts as current without being asked again. */
  freshSeconds: 60 * 60,
  /** Hours for which what a publisher may change (deprecated, yanked) counts as current. */
  standingHours: 24,
  /** Days after its last use on which an answer is forgotten. */
  keptDays: 90,
  /** Bytes of all answers that are kept, compressed. */
  cacheBytes: 512 * 1024 * 1024,
} as const;
