/**
 * What GitHub's code scanning takes of one log ("SARIF results exceed limits" of its documentation). What is over a hard
 * limit has the whole upload rejected, so the worst is kept and the rest is counted; over a soft one GitHub shows a part.
 */
export const limits = {
  /** Hard. */
  results: 25_000,
  /** Hard. */
  rules: 25_000,
  /** Soft: GitHub shows the worst of them. */
  resultsShown: 5_000,
  /** Soft; hard is 1,000. The first decides where a result is shown. */
  locationsShown: 100,
  /** Soft; hard is 20. */
  tagsShown: 10,
  /** Hard: of the log as `gzip` makes it, with room for what stands around the results. */
  compressedBytes: 9_000_000,
  /** Of a rule's short and full description. */
  descriptionCharacters: 1_024,
  /** Of a rule's id and name. */
  idCharacters: 255,
  /** Ours: what a person reads of one result. */
  messageCharacters: 4_000,
} as const;
