/** Bounds of Dockerfiles and of the shell in their instructions. */
export const bounds = {
  /** A Dockerfile. */
  dockerfileBytes: 1024 * 1024,
  /** Stages of one Dockerfile. */
  dockerfileStages: 500,
  /** What is wrong in one Dockerfile, place by place; the rest is counted. */
  dockerfileProblems: 100,
  /** One value of a Dockerfile's variables: what holds itself several times grows with each ENV. */
  dockerfileValueLength: 16_384,
  /** Comparisons of characters that one pattern of a variable's value may take. */
  dockerfilePatternSteps: 4_000_000,
  /** Instructions that ONBUILD of a stage triggers in those of the same file that begin from it, all together. */
  dockerfileTriggers: 2_000,
  /** Variables of one word of a Dockerfile that are named. */
  dockerfileWordVariables: 1_000,
  /** Variables within the defaults of variables. */
  dockerfileExpansionDepth: 32,
  /** Compound commands and substitutions of a shell within one another. */
  shellDepth: 48,
  /** Commands of one instruction of a Dockerfile. */
  shellCommands: 20_000,
  /** Characters looked through for the end of one `$((`. */
  shellArithmeticLength: 4_096,
  /** Characters of a history that are written as a Dockerfile. */
  historyLength: 512 * 1024,
} as const;
