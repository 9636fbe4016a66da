/** What logs of decisions may take. */
export const bounds = {
  /** Characters of one line of the log, and of a text in it. */
  lineCharacters: 16 * 1024,
  textCharacters: 500,
  /** Checks that a line names; more are counted. */
  checks: 30,
} as const;
