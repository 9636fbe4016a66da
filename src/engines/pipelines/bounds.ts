/** Bounds of pipelines of continuous integration. */
export const bounds = {
  /** A pipeline of continuous integration. */
  pipelineBytes: 1024 * 1024,
  /** Values of one file, with its aliases and merge keys followed: 1 MB holds 200,000 of the shortest. */
  nodes: 300_000,
  /** Values within values of one file; the deepest real ones have ten. */
  depth: 100,
  /** Files that one GitLab pipeline includes, the same one several times: GitLab's own limit. */
  gitlabIncludes: 150,
  /** `extends` of what extends: GitLab takes ten above the job, and refuses more. */
  gitlabExtends: 11,
  /** `!reference` within what another names, as GitLab has it. */
  gitlabReferences: 10,
  /** Values of one GitLab pipeline once includes, `extends` and `!reference` are filled in. */
  gitlabValues: 600_000,
  /** Terms of one `rules:if`, and parentheses in it. */
  gitlabConditionTerms: 500,
  gitlabConditionDepth: 50,
} as const;
