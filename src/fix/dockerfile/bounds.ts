/** Bounds of proving the fixes of one Dockerfile. */
export const bounds = {
  /** Times that one Dockerfile is linted and fixed again. */
  dockerfileFixRounds: 50,
  /** Characters read again in one Dockerfile to verify its fixes one by one. */
  dockerfileProofLength: 4 * 1024 * 1024,
} as const;
