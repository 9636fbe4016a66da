/** Who can talk to whom, as facts: all of this engine that checks and commands may import. */
import type { Manifests } from "../kubernetes/model.ts";
import type { ClassEdges, Connection } from "./connection-model.ts";
import type { Endpoint } from "./endpoint-model.ts";
import type { MeshFacts } from "./mesh-model.ts";
import type { PortSet, PortSets } from "./port-set.ts";
import type { NetworkGap } from "./reading.ts";
import type { Doubt, Rule, StageName } from "./rule-model.ts";
import type { ClusterSettings } from "./settings.ts";

export type * from "./addresses.ts";
export type * from "./connection-model.ts";
export type * from "./endpoint-model.ts";
export type * from "./exposure/exposure-model.ts";
export { mutualTls } from "./mesh/mutual-tls.ts";
export { meshPortsCut } from "./mesh/port-cut.ts";
export * from "./mesh-model.ts";
export type * from "./metadata-services.ts";
export type * from "./pod-sets.ts";
export {
  formatPorts,
  hasPort,
  intervalsOf,
  type PortInterval,
  type PortSet,
  type PortSets,
} from "./port-set.ts";
export type { NetworkGap } from "./reading.ts";
export type * from "./rule-model.ts";
export type * from "./settings.ts";

/** A network as it was computed. Endpoints are named by their indices. */
export interface Network {
  readonly manifests: Manifests;
  readonly settings: ClusterSettings;
  readonly endpoints: readonly Endpoint[];
  readonly rules: readonly Rule[];
  readonly portSets: PortSets;
  /** Whether what is denied here is kept out in truth: `unknown` without a known CNI. */
  readonly enforced: "yes" | "no" | "unknown";
  readonly gaps: readonly NetworkGap[];
  /** What Istio and Linkerd do for each workload. */
  readonly mesh?: MeshFacts;
  /** Endpoints of one class are treated alike by every rule: class → its members, sorted. */
  readonly classes: readonly (readonly number[])[];
  /** Of each endpoint its class. */
  readonly classOf: Int32Array;
  /** All that decides of the two together. */
  connection(from: number, to: number): Connection;
  /** Every pair of classes between which something is allowed or unknown, by the first of each. */
  edges(): Iterable<ClassEdges>;
  /** One stage alone, at its own end of the connection. */
  stage(name: StageName, from: number, to: number): Connection;
  /** Whether a rule of the stage may match and is not sure to, or to say what it then says. Quicker than explaining it. */
  hasDoubts(name: StageName, from: number, to: number): boolean;
  /** Every rule that matches, in the order in which it is looked at. */
  explain(from: number, to: number): Explanation;
  /** Whether a policy isolates the endpoint in this direction, so that what no rule allows is denied. */
  isolated(endpoint: number, direction: "ingress" | "egress"): "yes" | "no" | "unknown";
}

export interface Explanation extends Connection {
  readonly stages: readonly StageExplanation[];
}

export interface StageExplanation extends Connection {
  readonly name: StageName;
  /** In order; `none` decide: the stage is open at this end. */
  readonly steps: readonly ExplainedRule[];
  /** Ports that no rule decided: they are allowed. */
  readonly open: PortSet;
}

export interface ExplainedRule {
  readonly rule: Rule;
  /** Ports that it decides here (of `sure: false`: may decide). */
  readonly ports: PortSet;
  readonly sure: boolean;
  readonly doubts: readonly Doubt[];
}
