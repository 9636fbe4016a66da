/** Bounds of what says how a registry is asked. */
export const bounds = {
  /** A Docker configuration. */
  smallFileBytes: 4 * 1024 * 1024,
  /** Registries that one pull Secret names. */
  pullEntries: 1_000,
  /** Milliseconds that a credential helper may take; some ask their user. */
  helperMilliseconds: 60_000,
} as const;
