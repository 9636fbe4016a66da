/** What a process of the registry guard may take beside its requests. */
export const bounds = {
  /** Characters of one line of the log, and of a text in it. */
  lineCharacters: 16 * 1024,
  textCharacters: 500,
  /** Checks that a line names; more are counted. */
  checks: 30,
  /** Milliseconds that the engine may take to say that it is there. */
  lookMilliseconds: 2_000,
  /** Between two counts of what is stored. */
  countMilliseconds: 15_000,
  /** Between two times that what is old is forgotten, and how old that is. */
  retainMilliseconds: 6 * 60 * 60 * 1_000,
  retention: { auditDays: 400, goneDays: 90, failedDays: 30, runningDays: 30 },
} as const;
