/** Bounds of where secrets are looked for, and of rules that users bring. */
export const bounds = {
  /** Repositories of submodules within one. */
  gitModules: 10_000,
  /** A file of rules, and rules in it. */
  secretRulesBytes: 4 * 1024 * 1024,
  secretRules: 5_000,
} as const;
