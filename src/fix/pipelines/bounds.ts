/** Bounds of proving the fixes of one pipeline file. */
export const bounds = {
  /** Characters of a file that changes are proposed for: each try reads and evaluates it anew, and real ones have 100,000 at most. */
  pipelineFixLength: 256 * 1024,
  /** Times that one file is evaluated and fixed again. */
  pipelineFixRounds: 30,
  /** Characters read again in one file to verify its fixes one by one. */
  pipelineProofLength: 4 * 1024 * 1024,
  /** Findings of one file that a change is made up for: each goes through the whole file. */
  pipelineProposals: 300,
  /** Single changes that are tried in one file, where all of them together do not do. */
  pipelineProofs: 100,
} as const;
