/** What the load generator is told, and what it tells. */

export interface LoadPlan {
  /** Of 127.0.0.1. */
  readonly port: number;
  /** `/validate?timeout=10s` */
  readonly path: string;
  /** In PEM: what must have signed the server's certificate. */
  readonly authority: string;
  /** The name that the certificate must be for. */
  readonly serverName: string;
  /** AdmissionReviews as text, sent in turn; each with UID_PLACE where its uid stands. */
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /**
   * Requests a second, each at its own time whether others were answered or not: an answer that comes late counts from when
   * its request was due. Absent: each connection asks again once it is answered.
   */
  readonly rate?: number;
  /** A request that is not answered within it has failed. Milliseconds. */
  readonly patience: number;
}

/** Exchanged for another uid in each request; of its length. */
export const UID_PLACE = "00000000-0000-4000-8000-000000000000";

export interface LoadReport {
  readonly sent: number;
  readonly answered: number;
  readonly allowed: number;
  /** By `allowed` of the body that was sent: how many answers were the other. */
  readonly refused: number;
  /** Reasons with their counts: what was no answer. */
  readonly failures: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly latency: Readonly<Record<"p50" | "p90" | "p99" | "p999" | "most", number>>;
  /** Of the generator itself: at 1 the measurement is of it. Share of one core. */
  readonly ownShare: number;
}
