/** Bounds of assertions and of names of endpoints. */
export const bounds = {
  /** A file of assertions. */
  assertionBytes: 1024 * 1024,
  /** Assertions of one file. */
  assertions: 10_000,
  /** Characters of one line of it. */
  lineLength: 16_384,
  /** Mistakes of one file that are reported. */
  mistakes: 20,
  /** Characters of one name. */
  peerLength: 512,
  /** Names in one set. */
  setNames: 200,
  /** Ports and ranges of one assertion. */
  portEntries: 100,
  /** Pairs of classes that one run of assertions looks at; a cluster of 15,000 workloads has some two million. */
  pairs: 20_000_000,
  /** Pairs that are named where an assertion does not hold; the rest is counted. */
  counterexamples: 5,
  /** Unknown pairs whose reasons are asked for. */
  explainedPairs: 20_000,
} as const;
