/** Bounds of pipelines of continuous integration. */
export const bounds = {
  /** A pipeline of continuous integration. */
  pipelineBytes: 1024 * 1024,
} as const;
