/** A network as it is shown: plain texts and numbers, with nothing left to compute. */
import type { Tool } from "../../core/basis.ts";

export interface NetworkView {
  readonly tool: Tool;
  /** What was read, as the user named it. */
  readonly subject: string;
  /** Whether what is denied is kept out in truth: `unknown` without a known CNI. */
  readonly enforced: "yes" | "no" | "unknown";
  readonly cni?: string;
  /** Policies of all kinds that were read. */
  readonly policies: number;
  readonly endpoints: readonly EndpointView[];
  /** Endpoints that are treated alike: indices, sorted; each endpoint is in one group. */
  readonly groups: readonly (readonly number[])[];
  readonly connections: readonly ConnectionView[];
  readonly exposures: readonly ExposureView[];
  /** Why connections are unknown, each cause once. */
  readonly causes: readonly CauseView[];
  /** What was read and could not be evaluated, or in part. */
  readonly gaps: readonly GapView[];
  /** Which connections were asked for; absent: all. */
  readonly scope?: ScopeView;
  readonly notes: readonly string[];
}

export interface EndpointView {
  /** `shop/Deployment/web`, `internet`, a node's or a domain's name. */
  readonly name: string;
  readonly kind: "workload" | "node" | "addresses" | "domain";
  /** Of a workload. */
  readonly namespace?: string;
  /** Of a workload: it is on its nodes' network, so that no policy selects it. */
  readonly host?: boolean;
  /** Of a workload: whether a policy selects it in this direction, so that what no rule allows is denied. */
  readonly ingress?: Isolation;
  readonly egress?: Isolation;
  /** Where a workload is stated: `kubernetes/web.yaml:1:1`. */
  readonly place?: string;
  /** Of addresses. */
  readonly scope?: "internet" | "private" | "metadata";
  readonly ranges?: readonly string[];
}

export type Isolation = "isolated" | "open" | "unknown";

/** From each member of each group of `from` to each of `to`. What no connection holds is denied. */
export interface ConnectionView {
  /** Indices of groups. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly allowed: PortsView;
  readonly unknown: PortsView;
  /** Indices of causes. */
  readonly causes: readonly number[];
}

export interface PortsView {
  /** `TCP 80,8080-8090, UDP`; `all ports`; `none`. */
  readonly text: string;
  readonly intervals: readonly {
    readonly protocol: string;
    readonly first: number;
    readonly last: number;
  }[];
}

/** A way in from outside the cluster, and what is behind it. */
export interface ExposureView {
  /** `load-balancer`, `node-port`, `ingress`, `gateway-api`, `host-port`, … */
  readonly way: string;
  /** What opens it: `Ingress shop/web`. */
  readonly by: string;
  readonly place: string;
  /** Who gets to where it listens. */
  readonly reach: "internet" | "private" | "nodes" | "unknown";
  /** These sources alone. */
  readonly ranges?: readonly string[];
  /** `TCP 443`; empty where that is not stated. */
  readonly listens: readonly string[];
  readonly hosts: readonly string[];
  readonly targets: readonly ExposureTargetView[];
  /** Why more may be behind it, and what of it leads nowhere. */
  readonly remarks: readonly CauseView[];
}

export interface ExposureTargetView {
  /** Index of an endpoint. */
  readonly to: number;
  /** Ports of the pod that are let through, and of which that is not known. */
  readonly allowed: PortsView;
  readonly unknown: PortsView;
  readonly verdict: "allowed" | "denied" | "unknown";
  readonly causes: readonly CauseView[];
}

export interface CauseView {
  readonly code: string;
  readonly reason: string;
  readonly remedy?: string;
}

export interface GapView extends CauseView {
  readonly place?: string;
}

export interface ScopeView {
  readonly from?: string;
  readonly to?: string;
  readonly focus?: string;
  readonly exposed?: boolean;
}
