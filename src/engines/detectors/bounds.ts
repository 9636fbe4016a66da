/** Bounds of what is read of detectors and of proofs that they alert. */
export const bounds = {
  /** Bytes of a proof as text; characters of the alert's text and of a name in it. */
  proofBytes: 16 * 1024,
  alertText: 1_000,
  nameText: 253,
  /** Minutes that the clock of who proved may go before ours. */
  futureMinutes: 10,
  /** Characters of a configuration that is parsed. */
  configurationText: 512 * 1024,
  /** Nodes that one sentence names. */
  namedNodes: 5,
} as const;
