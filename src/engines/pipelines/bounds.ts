/** Bounds of pipelines of continuous integration. */
export const bounds = {
  /** Characters of one file: GitHub and GitLab refuse files of 1 MB. */
  pipelineBytes: 1024 * 1024,
  /** Characters of one of GitHub's files that has anchors, tags or something broken in it: the library's reader takes it. */
  slowLength: 256 * 1024,
  /** Characters of one expression: GitHub's own bound. */
  expressionLength: 21_000,
  /** Values within values of one expression; GitHub's own bound is 50. */
  expressionDepth: 100,
  /** Operators and accessors of one expression: walkers go down a chain of them by recursion. */
  expressionOperators: 1_000,
  /** Characters of a text that an expression comes to: `format` within `format` doubles them. */
  constantLength: 100_000,
  /** Jobs and steps of a repository with what they call, each way to one counted: calls can double them at every level. */
  runningJobs: 5_000,
  runningSteps: 100_000,
  /** Jobs that one waits for and whose conditions are its own: a run has 256 at most. */
  neededJobs: 256,
  /** Workflows that call workflows, and actions that use actions: GitHub's own limit. */
  callDepth: 10,
  /** Words of one pipeline that may name a file: more than the longest real ones have by far. */
  lifecycleMentions: 50_000,
  /** Jobs of one GitLab pipeline whose order is worked out, each against each: GitLab's own limit is 500 on its site. */
  lifecycleJobs: 1_000,
  /** Comments of one file that ask for findings not to count. */
  ignoreComments: 1_000,
  /** Places of one file that are told as not read. */
  unreadFields: 100,
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
