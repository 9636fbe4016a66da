/** What requests to the guard may take of it, all together. */
export const bounds = {
  /** Requests that are decided at once: most of their time they wait for a registry. */
  running: 256,
  /** Bytes of the reviews that are decided at once; parsed they take some five times as much. */
  runningBytes: 24 * 1024 * 1024,
  /** Requests that wait for that, and bytes of theirs; one more is turned away. */
  waiting: 512,
  waitingBytes: 32 * 1024 * 1024,
  /**
   * Bytes of a review over its bound that are read off: an API server takes objects of 3 MiB, of which JSON with escapes makes six
   * times as much, with the old object beside it. It is to read the refusal, and not an end of the connection.
   */
  unwantedBytes: 48 * 1024 * 1024,
  /** Seconds that an API server waits where it does not say (admissionregistration.k8s.io/v1, `timeoutSeconds`). */
  defaultSeconds: 10,
  /** Milliseconds of the API server's time that are left for the way: a tenth, within these. */
  marginMilliseconds: { least: 100, most: 1_000 },
  /** Milliseconds that a decision may be late before it is answered in its place. */
  graceMilliseconds: 50,
  /** Characters of one line of the log, and of a text in it. */
  lineCharacters: 16 * 1024,
  textCharacters: 500,
  /** What does not pass in one decision; more are counted. */
  outcomes: 30,
  images: 30,
} as const;
