/** The command that `runtime watch` starts for rules, of its own program. */
export const WORKER = "watch-worker";
