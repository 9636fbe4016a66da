/** Bounds of what is told of one Dockerfile. */
export const bounds = {
  /** Comments of one Dockerfile that are named because they do not count. */
  dockerfileNotes: 20,
} as const;
