/** Connections that were seen, by whatever saw them. */

/** Of one end what was recorded; the more of it, the surer whose it is. */
export interface ObservedEnd {
  readonly namespace?: string;
  /** A pod's own name: `web-5d4f8c7b9-x2x4q`. */
  readonly pod?: string;
  readonly workload?: { readonly name: string; readonly kind?: string };
  /** Of the pod. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly address?: string;
  /** A host's name: of a Service of the cluster, or of what is outside. */
  readonly name?: string;
  readonly entity?: "outside" | "node" | "api-server";
}

export interface ObservedConnection {
  readonly from: ObservedEnd;
  readonly to: ObservedEnd;
  readonly protocol: "TCP" | "UDP" | "SCTP";
  /** At the destination; of a connection by a Service's name the Service's, where `portOf` says so. */
  readonly port: number;
  readonly portOf: "pod" | "service";
  /** Of how many records. */
  readonly count: number;
  /** RFC 3339, of the last record that has a time. */
  readonly last?: string;
}

/** Why lines gave no connection. */
export type SkippedLine =
  | "too long"
  | "not readable"
  | "not of a known form"
  | "denied or dropped"
  | "a reply"
  | "no direction"
  | "no destination"
  | "no port"
  | "beyond the limit of different connections";

export interface Observed {
  /** Equal ones are one. */
  readonly connections: readonly ObservedConnection[];
  /** Empty ones are none. */
  readonly lines: number;
  readonly skipped: ReadonlyMap<SkippedLine, number>;
}

export type ObservedLine = Omit<ObservedConnection, "count"> & { readonly count?: number };

/** What a reader of one form makes of a line. */
export type ReadLine = ObservedLine | SkippedLine;

export function isSkipped(line: ReadLine): line is SkippedLine {
  return typeof line === "string";
}
