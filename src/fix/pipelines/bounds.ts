/** Bounds of proving the fixes of one pipeline file. */
export const bounds = {
  /** Times that one file is evaluated and fixed again. */
  pipelineFixRounds: 30,
  /** Characters read again in one file to verify its fixes one by one. */
  pipelineProofLength: 4 * 1024 * 1024,
  /** Single changes that are tried in one file, where all of them together do not do. */
  pipelineProofs: 100,
} as const;
