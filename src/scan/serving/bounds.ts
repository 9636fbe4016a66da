/** What the logs of a process that serves may take of it. */
export const bounds = {
  /** Bytes of lines that wait for a slow disk or a slow reader; more are dropped, and counted. */
  logBytes: 8 * 1024 * 1024,
  /** Bytes of a file of lines; then it is put aside as FILE.1, in the place of what was there. */
  logFileBytes: 256 * 1024 * 1024,
} as const;
