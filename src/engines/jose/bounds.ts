/** What of signed tokens is read. */
export const bounds = {
  /** Of one token. Identity tokens of CI services are near 2 KiB, those of a cluster near 1 KiB. */
  tokenCharacters: 16 * 1024,
  /** Of a discovery document or a set of keys. */
  documentBytes: 256 * 1024,
  keys: 100,
  /** Milliseconds until an issuer must have answered; a client waits for its own answer meanwhile. */
  issuerMilliseconds: 5_000,
} as const;
