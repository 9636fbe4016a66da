/** Bounds of reading what is named on the command line; what a reader takes of it has bounds of its own. */
export const bounds = {
  /** Bytes from which the kind of a file is told: a document of JSON may begin with a long key. */
  kindBytes: 64 * 1024,
  /** Files of one run. */
  eventFiles: 1_000,
  /** Entries of a directory of rules. */
  ruleFolderEntries: 10_000,
  /** A file of tests. */
  ruleTestBytes: 8 * 1024 * 1024,
  ruleTests: 10_000,
} as const;
