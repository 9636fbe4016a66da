/** Bounds of what is remembered to join events: the key that was quiet the longest is forgotten first, counted. */
export const bounds = {
  /** Keys of one rule. */
  keys: 10_000,
  /** Bytes of all keys, times, values and texts of steps of one rule. */
  bytes: 16 * 1024 * 1024,
  /** Characters of a value that is kept as it is; of a longer one a digest is. */
  valueLength: 256,
  /** Characters of what did a step. */
  stepLength: 512,
  steps: 8,
  count: 10_000,
  withinSeconds: 24 * 60 * 60,
  /** Steps up a process tree of which hostile events may have made a circle. */
  treeDepth: 64,
} as const;
