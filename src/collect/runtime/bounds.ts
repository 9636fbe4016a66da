/** Bounds of reading what is named on the command line; what a reader takes of it has bounds of its own. */
export const bounds = {
  /** Bytes from which the kind of a file is told: a document of JSON may begin with a long key. */
  kindBytes: 64 * 1024,
  /** Files of one run. */
  eventFiles: 1_000,
  /** Entries of a directory of rules. */
  ruleFolderEntries: 10_000,
  /** A file of tests. */
  ruleTestBytes: 8 * 1024 * 1024,
  ruleTests: 10_000,
  /** Bytes that a detector may write to a file of alerts between two looks at it. */
  alertFileBytes: 64 * 1024 * 1024,
  /** Milliseconds for the event of a proof, its container's start and image included; characters of what an engine said. */
  proofEventMilliseconds: 120_000,
  proofSaid: 4_096,
  /** Files of a directory of proofs: one a node. */
  proofFiles: 20_000,
  /** Processes of a node that are looked at, those that are detectors; bytes of a command line, descriptors of a process. */
  nodeProcesses: 200_000,
  nodeDetectors: 100,
  nodeCommandLine: 16 * 1024,
  nodeDescriptors: 10_000,
} as const;
