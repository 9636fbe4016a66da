/** What a change opens and closes, as texts. */
import type { DecisionView } from "./explain-view.ts";
import type { EndpointView, PortsView } from "./view.ts";

export interface DiffView {
  /** As the user named them. */
  readonly before: string;
  readonly after: string;
  readonly endpoints: readonly EndpointView[];
  readonly changes: readonly ChangeView[];
  /** Names of workloads. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What of the manifests differs and decides. */
  readonly objects: readonly {
    readonly what: "added" | "removed" | "changed";
    readonly name: string;
    readonly place: string;
  }[];
  readonly enforced: "yes" | "no" | "unknown";
  readonly notes: readonly string[];
  readonly exitCode: 0 | 1 | 3;
}

export interface ChangeView {
  readonly kind: "opened" | "mayBeOpened" | "nowAllowed" | "closed" | "mayBeClosed" | "nowDenied";
  /** Indices of endpoints, sorted: from each to each. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly pairs: number;
  readonly ports: PortsView;
  /** What decided, and decides, at the stages that differ; empty where the workload was not there, or is no more. */
  readonly was: readonly DecisionView[];
  readonly is: readonly DecisionView[];
}
