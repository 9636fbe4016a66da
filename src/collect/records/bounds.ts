/** Bounds of reading what guards wrote down. */
export const bounds = {
  /** Files of one run, each option's. */
  logs: 100,
  /** Entries of one image that are kept: a tag that is pulled by each node of a cluster comes to thousands a day. */
  entries: 10_000,
  /** Entries of a database, the newest of all images: two days of a registry that is asked ten times a second. */
  storedEntries: 2_000_000,
  /** Entries of one page of a database. */
  page: 10_000,
} as const;
