/** What comes before what, as a person wrote it down: see oracle.ts. */
import type { Row } from "./oracle.ts";

/** One finding as the order sees it; what is not said is unknown. */
export interface Ranked {
  readonly name: string;
  readonly severity?: "critical" | "high" | "medium" | "low" | "negligible" | "unknown";
  /** Below the threshold, or its action is `warn`: the exit code does not count it. */
  readonly advice?: true;
  readonly exploited?: true;
  readonly epss?: number;
  readonly fixable?: true;
  readonly row?: Partial<Row>;
}

/** First what to fix first. */
export const orders: readonly { readonly words: string; readonly order: readonly Ranked[] }[] = [
  {
    words: "what blocks comes before advice, however bad that may be",
    order: [
      { name: "blocks", severity: "high" },
      { name: "advice", severity: "critical", advice: true, exploited: true, row: { exposed: "yes" } },
    ],
  },
  {
    words: "severity comes before everything that is known of the place",
    order: [
      { name: "critical, nowhere", severity: "critical", row: { runs: "no", reachable: "no", exposed: "no" } },
      {
        name: "high, exposed",
        severity: "high",
        exploited: true,
        row: { runs: "yes", reachable: "yes", exposed: "yes" },
      },
    ],
  },
  {
    words: "what is exploited comes before what is likely to be, before where it is",
    order: [
      { name: "known exploited", exploited: true, row: { exposed: "no" } },
      { name: "likely", epss: 0.4, row: { exposed: "no" } },
      { name: "unlikely and exposed", epss: 0.05, row: { exposed: "yes" } },
    ],
  },
  {
    words: "exposed, then reachable, then running, then loaded",
    order: [
      { name: "exposed", row: { runs: "yes", reachable: "yes", exposed: "yes", loaded: "no" } },
      { name: "reachable", row: { runs: "yes", reachable: "yes", exposed: "no", loaded: "yes" } },
      { name: "runs, loaded", row: { runs: "yes", reachable: "no", exposed: "no", loaded: "yes" } },
      { name: "runs, idle", row: { runs: "yes", reachable: "no", exposed: "no", loaded: "no" } },
      { name: "nowhere", row: { runs: "no", reachable: "no", exposed: "no", loaded: "yes" } },
    ],
  },
  {
    words: "unknown stands where yes stands: the next question decides between them",
    order: [
      { name: "unknown, loaded", row: { exposed: "unknown", reachable: "yes", runs: "yes", loaded: "yes" } },
      { name: "yes, idle", row: { exposed: "yes", reachable: "yes", runs: "yes", loaded: "no" } },
      { name: "no", row: { exposed: "no", reachable: "yes", runs: "yes", loaded: "yes" } },
    ],
  },
  {
    words: "a stale no is no longer a no",
    order: [
      { name: "stale no", row: { loaded: "no, stale" } },
      { name: "no", row: { loaded: "no" } },
    ],
  },
  {
    words: "unsigned, or nobody knows, before signed; a stale signature is not a signature",
    order: [
      { name: "a: unsigned", row: { signed: "no" } },
      { name: "b: unknown", row: { signed: "unknown" } },
      { name: "c: stale", row: { signed: "yes, stale" } },
      { name: "signed", row: { signed: "yes" } },
    ],
  },
  {
    words: "where nothing else tells, what is likelier to be exploited, then what can be fixed, then the name",
    order: [{ name: "z", epss: 0.05 }, { name: "y", fixable: true }, { name: "a" }, { name: "b" }],
  },
  {
    words: "an unknown severity is after the rated ones of what blocks, and its place still tells",
    order: [
      { name: "negligible", severity: "negligible" },
      { name: "unrated, exposed", severity: "unknown", row: { exposed: "yes" } },
      { name: "unrated, closed", severity: "unknown", row: { exposed: "no" } },
    ],
  },
];
