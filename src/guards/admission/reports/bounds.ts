export const bounds = {
  /** Results of one report, the worst first: an object in etcd holds 1.5 MB. */
  results: 100,
  messageCharacters: 1_000,
  /** Reports that wait to be written, those of updates with their objects: over it the oldest is dropped, and counted. */
  waiting: 500,
  /** Milliseconds between two writes, so that a rollout of a whole cluster does not press on the API server. */
  paceMilliseconds: 50,
  tries: 4,
  /** Milliseconds between two looks for which kind of report is installed. */
  lookMilliseconds: 5 * 60_000,
  /** Milliseconds that judging the whole of a changed object may take. */
  judgeMilliseconds: 8_000,
  /** Milliseconds that a shutdown waits for what is still to be written. */
  drainMilliseconds: 3_000,
} as const;
