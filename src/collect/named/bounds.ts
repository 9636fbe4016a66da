/** Bounds of what the caller names. */
export const bounds = {
  /** A baseline of known findings: some 250 bytes each. */
  baselineBytes: 128 * 1024 * 1024,
  /** A report as JSON that is read back: under the longest string there is. */
  reportBytes: 256 * 1024 * 1024,
} as const;
