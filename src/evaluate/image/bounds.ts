/** Bounds of holding a history beside the instructions of a Dockerfile. */
export const bounds = {
  /** Instructions of a last stage, and characters of one step, that are held against one another. */
  stageInstructions: 1_000,
  stepLength: 65_536,
} as const;
