/** What one request may take of the guard and of the engine. */
export const bounds = {
  /** A manifest or index, pushed or pulled (distribution specification, "Pushing Manifests": 4 MiB at least). */
  manifestBytes: 4 * 1024 * 1024,
  /** An answer of the engine that is no content: errors, what a push came to. */
  answerBytes: 64 * 1024,
  /** A page of tags or repositories. */
  pageBytes: 4 * 1024 * 1024,
  /** Of a repository, from an engine that makes no pages. */
  tagsBytes: 16 * 1024 * 1024,
  pages: 1_000,
  /** Milliseconds for one document of the engine. */
  engineMilliseconds: 10_000,
  /** Milliseconds for an engine to check and move a whole upload, or to take a manifest. */
  storingMilliseconds: 600_000,
  /** Milliseconds that a gate may be late before it is answered in its place. */
  graceMilliseconds: 250,
  /** Milliseconds for what may be pushed or deleted to be decided. */
  pushMilliseconds: 30_000,
  /** Warnings of one answer, and characters of one (distribution specification, "Warnings": 4,096 bytes in all). */
  warnings: 16,
  warningCharacters: 240,
  /** Uploads of which it is known who made them, and for how long: a push is done by then. */
  ownUploads: 4_096,
  ownUploadMilliseconds: 3_600_000,
  /** Milliseconds until a list of referrers that another writes is given up. */
  listMilliseconds: 15_000,
  /** Milliseconds between two looks whether it is free: random within, so that replicas do not meet again. */
  listPauseMilliseconds: { least: 20, most: 120 },
} as const;
