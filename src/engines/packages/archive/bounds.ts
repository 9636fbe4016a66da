/** Bounds of one package's archive. */
export const bounds = {
  /** The archive as it is served; npm refuses more than this, and wheels beyond it hold libraries and no scripts. */
  archiveBytes: 256 * 1024 * 1024,
  /** Everything in it, inflated. The largest npm packages unpack to some 300 MiB. */
  unpackedBytes: 512 * 1024 * 1024,
  /** Inflated bytes for one packed byte: source text stays under 30, deflate ends at 1,032. */
  ratio: 250,
  /** What may be inflated whatever the ratio: a small archive of zeros is no bomb. */
  ratioFreeBytes: 32 * 1024 * 1024,
  /** Files, directories and links; the largest real packages have some 50,000. */
  entries: 200_000,
  /** The central directory of a zip. */
  directoryBytes: 64 * 1024 * 1024,
  /** One entry of a zip, inflated. */
  entryBytes: 64 * 1024 * 1024,
  /** Links that one name is followed through. */
  links: 8,
  /** Places that one reason names; the others are counted. */
  namedPlaces: 3,
} as const;
