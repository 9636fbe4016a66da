/** Bounds of what the caller names. */
export const bounds = {
  /** A report as JSON that is read back, or a baseline of known findings: under the longest string there is. */
  reportBytes: 256 * 1024 * 1024,
} as const;
