/** What a sensor may take of whoever speaks to it, and how long it is waited for. */
export const bounds = {
  /** Milliseconds until a command is answered, and until the first bytes come of a sensor that was started. */
  answerMilliseconds: 10_000,
  /** Milliseconds that it may take to hand over what it has left, once it was told to end. */
  endMilliseconds: 10_000,
  /** Bytes of a command's line. */
  commandBytes: 64 * 1024,
  /** Commands that wait for their answers. */
  commands: 1_000,
  /** Bytes that are kept of the last that it says on standard error. */
  lastWords: 4 * 1024,
} as const;
