/** Bounds of signatures, of what they are made with, and of what vouches for them. */
export const bounds = {
  /** Signatures and attestations beside one digest; more is told, and nothing is sure of what was not read. */
  signatures: 1_000,
  /** One payload, envelope or bundle. */
  envelopeBytes: 16 * 1024 * 1024,
  /** All of them beside one digest. */
  subjectBytes: 64 * 1024 * 1024,
  /** Signatures in one DSSE envelope. */
  envelopeSignatures: 16,
  /** Subjects of one statement. */
  subjects: 1_000,
  /** Levels of a JSON document. */
  jsonDepth: 64,
  /** One certificate. */
  certificateBytes: 64 * 1024,
  /** Certificates of one chain. */
  chain: 10,
  /** Nested DER or CBOR values. */
  encodingDepth: 32,
  /** Values of one CBOR document; an envelope with a long chain has about a hundred. */
  cborValues: 10_000,
  /** An envelope of notation: ten certificates of the largest size, in base64. */
  notationBytes: 1024 * 1024,
  /** A token of a timestamp authority. */
  timestampBytes: 256 * 1024,
  /** Signatures of certificates that are verified on the way to a trusted one. */
  pathSignatures: 50,
  /** Entries of transparency logs in one bundle, and times in it. */
  logEntries: 16,
  /** Dependencies of one build that are kept; the rest is counted. */
  dependencies: 1_000,
  /** Vulnerabilities of one report that are looked at. */
  reportEntries: 100_000,
} as const;
