/** What workloads need of the network, as their manifests declare it: each need with the places that say so. */
import type { FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import type { AddressRange } from "../addresses.ts";
import type { PodEndpoint } from "../endpoint-model.ts";

/** One end of a connection that is needed. */
export type NeedEnd =
  | { readonly kind: "pods"; readonly pods: PodEndpoint }
  /** Pods that were not read, but whose namespace and labels are known: the cluster's DNS, an ingress controller. */
  | {
      readonly kind: "unread-pods";
      /** Absent: whichever. */
      readonly namespace?: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly name: string;
    }
  /** Any node, and with it the pods on its network. */
  | { readonly kind: "nodes" }
  | { readonly kind: "api-server" }
  /** Clients beyond the cluster. */
  | { readonly kind: "outside" }
  | { readonly kind: "addresses"; readonly name: string; readonly ranges: readonly AddressRange[] }
  /** A host beyond the cluster, by its name in lower case. */
  | { readonly kind: "host"; readonly host: string };

export type NeedKind =
  | "service-name"
  | "peers"
  | "ingress"
  | "load-balancer"
  | "node-port"
  | "webhook"
  | "api-service"
  | "scrape"
  | "alerting"
  | "api-access"
  | "dns"
  | "host-name"
  | "address"
  | "probe"
  | "mesh"
  | "observed"
  | "allow-list";

/** At the pod that it reaches, behind the translation of a Service. */
export interface NeedPort {
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly port: number;
}

/** One port of one end. */
export interface Reached extends NeedPort {
  readonly to: NeedEnd;
}

export interface NeedReason {
  readonly kind: NeedKind;
  /** `env API_URL of container web names Service shop/api`: one clause without a full stop. */
  readonly text: string;
  /** Absent of what no object states: an observed connection, the convention that a cluster's DNS has. */
  readonly place?: { readonly object: KubernetesObject; readonly field: FieldPath };
}

/** One protocol and port from one end to another. */
export interface Need extends NeedPort {
  readonly from: NeedEnd;
  readonly to: NeedEnd;
  readonly reasons: readonly [NeedReason, ...NeedReason[]];
}

/** What may be needed and could not be made a need of. */
export interface UnknownNeed {
  /** Stable: `network.need.no-service`, `network.need.host-name`, … */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly reason: string;
  readonly remedy?: string;
  readonly place?: NeedReason["place"];
  /** Whose it is: `shop/Deployment/web`. */
  readonly workload?: string;
}

export interface Needs {
  /** Sorted by their ends; what several places say is one. */
  readonly needs: readonly Need[];
  readonly unknown: readonly UnknownNeed[];
}

/** Equal for ends that are the same. */
export function endKey(end: NeedEnd): string {
  switch (end.kind) {
    case "pods":
      return `pods ${end.pods.name}`;
    case "unread-pods":
      return `unread ${end.namespace ?? "*"} ${JSON.stringify(Object.entries(end.labels).sort())}`;
    case "addresses":
      return `addresses ${end.ranges.map(({ family, first, last }) => `${family}:${first}-${last}`).join(",")}`;
    case "host":
      return `host ${end.host}`;
    default:
      return end.kind;
  }
}

/** `shop/Deployment/web`, `nodes`, `api.example.com`. */
export function endName(end: NeedEnd): string {
  switch (end.kind) {
    case "pods":
      return end.pods.name;
    case "unread-pods":
      return end.name;
    case "addresses":
      return end.name;
    case "host":
      return end.host;
    case "api-server":
      return "the API server";
    case "outside":
      return "clients outside the cluster";
    case "nodes":
      return "nodes";
  }
}
