/** Bounds of what is asked about pipelines. */
export const bounds = {
  /** Repositories of actions that are asked about in one run: a project uses a few dozen. */
  pinLookUps: 200,
  /** At the same time. */
  pinsAtOnce: 4,
} as const;
