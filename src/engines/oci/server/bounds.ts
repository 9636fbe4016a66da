/** What the configuration of one registry server may take. */
export const bounds = {
  /** Characters of a file; those that people write have a few thousand. */
  configurationCharacters: 512 * 1024,
  /** Values of one file. */
  settings: 5_000,
  /** How deep they may be nested; those that servers read are at most eight. */
  depth: 32,
} as const;
