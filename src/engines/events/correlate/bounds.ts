/** Bounds of what is remembered to join events: the key that was quiet the longest is forgotten first, counted. */
export const bounds = {
  /** Keys of one rule. */
  keys: 10_000,
  /** Times and values of all keys of one rule. */
  remembered: 200_000,
  /** Characters of a value that is told from others; longer ones are cut. */
  valueLength: 1_024,
  steps: 8,
  count: 10_000,
  withinSeconds: 24 * 60 * 60,
  /** Steps up a process tree of which hostile events may have made a circle. */
  treeDepth: 64,
} as const;
