/** Numeric ids of bots' accounts and Apps, as GitHub's API tells them of `dependabot[bot]` and others. */
export const BOT_IDS: ReadonlySet<string> = new Set([
  "29110",
  "49699333",
  "27856297",
  "2740",
  "29139614",
  "41898282",
  "15368",
  "66853113",
]);
