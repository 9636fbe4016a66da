/** Bounds of pipelines of continuous integration. */
export const bounds = {
  /** Characters of one file: GitHub and GitLab refuse files of 1 MB. */
  pipelineBytes: 1024 * 1024,
  /** Values within values of one file; GitHub's own reader ends at 100. */
  yamlDepth: 100,
  /** Values of one file, with its aliases followed: a workflow of 256 jobs has some 20,000. */
  yamlValues: 200_000,
  /** Characters of one expression: GitHub's own bound. */
  expressionLength: 21_000,
  /** Values within values of one expression; GitHub's own bound is 50. */
  expressionDepth: 100,
  /** Operators and accessors of one expression: walkers go down a chain of them by recursion. */
  expressionOperators: 1_000,
  /** Characters of a text that an expression comes to: `format` within `format` doubles them. */
  constantLength: 100_000,
  /** Places of one file that are told as not read. */
  unreadFields: 100,
} as const;
