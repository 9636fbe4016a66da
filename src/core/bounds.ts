/** Bounds on core's own work. Each room has those of its readers beside them; over one the answer is *unknown*. */
export const bounds = {
  /** Characters of all asset patterns of a policy, each from its first wildcard on, times those of all assets' names: over it no exception is called unused. */
  exceptionSteps: 2_000_000_000,
} as const;
