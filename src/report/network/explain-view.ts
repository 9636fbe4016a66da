/** Why connections are allowed, denied or unknown, as texts. */
import type { PortsView } from "./view.ts";

export interface ExplainView {
  readonly subject: string;
  /** As they were asked for. */
  readonly from: string;
  readonly to: string;
  /** `8080/TCP`; absent: every port. */
  readonly port?: string;
  /** What was meant: `shop/api is Service shop/api: port 80 leads to port 3000`. */
  readonly meaning: readonly string[];
  readonly pairs: readonly PairView[];
  /** Pairs that are not told, for there are too many. */
  readonly left: number;
  readonly enforced: "yes" | "no" | "unknown";
  readonly notes: readonly string[];
}

export interface PairView {
  /** Names of workloads, nodes or ranges that every rule treats alike. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** What was asked for, as ports of the destination. */
  readonly ports: PortsView;
  readonly verdict: "allowed" | "denied" | "unknown" | "mixed";
  readonly allowed: PortsView;
  readonly denied: PortsView;
  readonly unknown: PortsView;
  readonly stages: readonly StageView[];
  readonly advice: readonly AdviceView[];
}

export interface StageView {
  /** `egress of shop/web`. */
  readonly title: string;
  readonly decisions: readonly DecisionView[];
}

export interface DecisionView {
  readonly outcome: "allowed" | "denied" | "unknown" | "passed" | "open";
  /** Absent: all that were asked for. */
  readonly ports?: string;
  /** `allowed by NetworkPolicy shop/allow-all, ingress rule 1`. */
  readonly text: string;
  readonly place?: string;
  /** Why it is unknown, and what would settle it. */
  readonly doubts: readonly { readonly reason: string; readonly remedy?: string }[];
  /** What of the connection's requests it lets through. */
  readonly narrowing?: string;
  /** The document that the rule's meaning is from. */
  readonly source?: string;
}

export interface AdviceView {
  readonly text: string;
  /** Lines to paste. */
  readonly snippet?: readonly string[];
}
