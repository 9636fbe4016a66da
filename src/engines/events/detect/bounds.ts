/** Bounds of what becomes of matches. What is over one is merged or counted, and never silent. */
export const bounds = {
  /** Alerts that are open, waiting for a repeat: the one that was quiet the longest is closed first. */
  openAlerts: 10_000,
  openBytes: 32 * 1024 * 1024,
  /** Alerts of one run; those beyond are counted with the first of their rule and asset. */
  alerts: 100_000,
  alertsBytes: 48 * 1024 * 1024,
  /** Rules and assets by which those beyond are told apart. */
  mergedAlerts: 10_000,
  /** Bytes of alerts that wait for what is told of their container later. */
  waitingBytes: 24 * 1024 * 1024,
  /** Bytes of what is remembered of containers that were seen. */
  seenBytes: 16 * 1024 * 1024,
  /** Characters of an output, and of each field. */
  outputLength: 16 * 1024,
  fieldLength: 4 * 1024,
  /** Bytes of a name: of a host, container, image, pod, program, user. */
  nameLength: 512,
  /** Of those that are counted with others. */
  mergedLength: 256,
  ancestors: 8,
} as const;
