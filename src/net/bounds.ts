/** Bounds on what one request may take, whoever it asks. */
export const bounds = {
  /** Milliseconds without a byte from a server before it counts as stalled. */
  stallMilliseconds: 30_000,
  /** Milliseconds that one document may take in all. */
  documentMilliseconds: 120_000,
  /** Redirects followed for one request. */
  redirects: 5,
  /** Tries of one request that was answered with 429 or 5xx. */
  tries: 4,
  /** Seconds between two tries, at most: where a Retry-After header asks for more, no further try is made. */
  retryAfterSeconds: 30,
  /** Milliseconds between the first two tries where there is no Retry-After header; they double from there. */
  backoffMilliseconds: 500,
  /** All headers of one HTTP answer. Signed URLs in a Location need a few KiB. */
  headerBytes: 32 * 1024,
  /** The body of an HTTP answer that is no success: read for its message alone. */
  errorBytes: 16 * 1024,
} as const;

/** Bounds on what clients may take of a server of ours. */
export const serverBounds = {
  /** Connections at once; of one more the one that is idle the longest is closed. One of TLS takes some 60 KiB. */
  connections: 1_000,
  /** Milliseconds for a TLS handshake. */
  handshakeMilliseconds: 5_000,
  /** Milliseconds until the headers are there, from the connection or from the end of the last request on. */
  headersMilliseconds: 10_000,
  /** Milliseconds until a request is there with its body: a byte now and then is no progress. */
  requestMilliseconds: 20_000,
  /** Milliseconds between two looks for what is over its time. */
  checkMilliseconds: 1_000,
  /** Milliseconds without a byte in either direction, the time for the answer with them. */
  silenceMilliseconds: 60_000,
  /**
   * Milliseconds that a connection is kept without a request. Longer than clients keep it (90 s in Go), so that no request meets
   * a connection that is being closed.
   */
  keepAliveMilliseconds: 150_000,
  /** All headers of one request. */
  headerBytes: 16 * 1024,
  headers: 100,
  /** Bodies that are being received, of all connections together: over it the one that has taken the longest is cut off. */
  receivingBytes: 64 * 1024 * 1024,
  /** Bytes of a body that nobody wants, read off so that the client gets to read why. */
  unwantedBytes: 1024 * 1024,
  unwantedMilliseconds: 1_000,
} as const;

/** Where a gateway is more patient than a server that answers itself: who unpacks what it pulls may pause. */
export const gatewayBounds = {
  silenceMilliseconds: 120_000,
} as const;
