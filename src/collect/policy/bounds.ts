/** Bounds of a policy file. */
export const bounds = {
  /** A policy file. */
  policyBytes: 1024 * 1024,
  /** Values within values in a policy file. */
  policyDepth: 16,
  /** Values of a policy file, with its aliases followed. */
  policyValues: 100_000,
  /** Exceptions of one policy: each is held against each finding. One exception may name many ids. */
  policyExceptions: 1_000,
  /** Policy files that extend one another. */
  policyChain: 8,
  /** Files that a policy consists of, with those that it names. */
  policyFiles: 100,
  /** Entries of one list of a policy: licences, registries, files of rules. */
  policyListEntries: 1_000,
  /** Characters of one entry of such a list: those of an untrusted policy are held against a trusted one's. */
  policyEntryLength: 256,
  /** Characters of one path or asset pattern: held against a text it costs as many steps as their lengths multiplied. */
  policyPatternLength: 256,
  /** Characters of one text of a policy: an id, a reason. */
  policyTextLength: 1_024,
  /** Problems of one policy file that are reported. */
  policyProblems: 100,
} as const;
