/** Bounds of what is signed with, and of what signing services answer. */
export const bounds = {
  /** A private key's file, a password's, an identity token. */
  keyBytes: 64 * 1024,
  tokenBytes: 64 * 1024,
  /** scrypt's cost of a cosign key file: cosign's own are 32,768 and 65,536. Memory is 128 × N × r bytes. */
  scryptCost: 131_072,
  scryptBlock: 8,
  scryptParallel: 1,
  /** RSA keys: below is refused by those who verify, above a signature takes seconds. */
  rsaBits: { least: 2_048, most: 8_192 },
  /** A predicate, a report or a lockfile that is read to be attested. */
  predicateBytes: 16 * 1024 * 1024,
  lockfileBytes: 64 * 1024 * 1024,
  /** One answer of Fulcio, of a log, of a timestamp authority, of an issuer's keys. */
  certificateAnswerBytes: 256 * 1024,
  logAnswerBytes: 32 * 1024 * 1024,
  timestampAnswerBytes: 256 * 1024,
  keySetBytes: 256 * 1024,
  /** Milliseconds without a byte: a log of Rekor's second version answers only once its checkpoint is published. */
  stallMilliseconds: 60_000,
  milliseconds: 120_000,
  tries: 3,
  /** Milliseconds before the second try; they double from there. */
  backoffMilliseconds: 500,
  retryAfterSeconds: 30,
  /** Annotations that are signed with an image, and characters of a name and a value. */
  annotations: 100,
  annotationCharacters: 4_096,
  /** Images of an index that are signed with it. */
  children: 1_000,
  /** Lockfiles and bases named as materials. */
  materials: 1_000,
  /** Seconds by which an issuer's clock may differ from ours. */
  clockSkewSeconds: 60,
} as const;
