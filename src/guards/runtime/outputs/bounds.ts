/** What outputs may take, and how long they try. */
export const bounds = {
  /** Alerts that wait for one place, and their bytes: those beyond are dropped, for what came first is where it began. */
  waiting: 10_000,
  waitingBytes: 16 * 1024 * 1024,
  /** Milliseconds until a place must answer. */
  answerMilliseconds: 10_000,
  /** Milliseconds before the second try, doubled each time up to the most; and that a place may ask for by Retry-After. */
  againMilliseconds: 1_000,
  mostMilliseconds: 60_000,
  retryAfterSeconds: 300,
  /** Bytes that are read of an answer. */
  answerBytes: 64 * 1024,
  /** Bytes of a datagram: more fits into none (RFC 768, less the headers). */
  datagramBytes: 65_000,
} as const;
