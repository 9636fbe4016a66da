/** Bounds of where secrets are looked for, and of rules that users bring. */
export const bounds = {
  /** Repositories of submodules within one. */
  gitModules: 10_000,
  /** A file of rules, and rules in it. */
  secretRulesBytes: 4 * 1024 * 1024,
  secretRules: 5_000,
  /** An archive in which secrets are looked for: what people commit is far below, and it is held in memory. */
  archiveBytes: 128 * 1024 * 1024,
  /** One file within, or what one stream inflates to. */
  archiveInflatedBytes: 256 * 1024 * 1024,
  /** Inflated bytes for one packed byte: text stays under 30, deflate ends at 1,032. */
  archiveRatio: 250,
  /** What may be inflated whatever the ratio. */
  archiveRatioFreeBytes: 16 * 1024 * 1024,
  archiveEntries: 50_000,
  /** A jar within a war within a tar. */
  archiveDepth: 3,
  /** Of all archives of a folder or layer. */
  unpackedBytesOfAsset: 4 * 1024 * 1024 * 1024,
} as const;
