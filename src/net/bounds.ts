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
  /** Seconds between two tries, at most, whatever a Retry-After header asks for. */
  retryAfterSeconds: 30,
  /** Milliseconds between the first two tries where there is no Retry-After header; they double from there. */
  backoffMilliseconds: 500,
  /** All headers of one HTTP answer. Signed URLs in a Location need a few KiB. */
  headerBytes: 32 * 1024,
  /** The body of an HTTP answer that is no success: read for its message alone. */
  errorBytes: 16 * 1024,
} as const;
