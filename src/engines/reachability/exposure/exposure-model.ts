/** Ways into the cluster from outside, and what is behind Services, as facts. */
import type { FieldPath, KubernetesObject, Service } from "../../kubernetes/model.ts";
import type { AddressRange } from "../addresses.ts";
import type { PortSet } from "../port-set.ts";
import type { Doubt } from "../rule-model.ts";

export type ExposureWay =
  | "load-balancer"
  | "node-port"
  | "external-ip"
  | "host-port"
  | "host-network"
  | "ingress"
  | "gateway-api"
  | "openshift-route"
  | "istio-gateway"
  | "traefik"
  | "knative"
  /** By an object of a controller that this engine does not read. */
  | "other";

/** One way in: one listening object and field, and the pods behind it. */
export interface Exposure {
  readonly way: ExposureWay;
  /** What opens it, and the field that does. */
  readonly object: KubernetesObject;
  readonly field: FieldPath;
  readonly reach: Reach;
  /** Where it listens; empty where that is not stated: an Ingress listens where its controller does. */
  readonly listens: readonly TransportPort[];
  /** Names by which it is asked for; empty: by any. */
  readonly hosts: readonly string[];
  readonly source: ExposureSource;
  readonly targets: readonly ExposureTarget[];
  /** Why more may be behind it than `targets` says. */
  readonly doubts: readonly PlacedDoubt[];
  /** What of it leads nowhere, so that nothing is behind it. */
  readonly deadEnds: readonly DeadEnd[];
}

export interface TransportPort {
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly port: number;
}

/** Who can get to where it listens. */
export interface Reach {
  /**
   * `private`: its addresses are of a private network. `nodes`: whoever reaches the address of a node. `unknown`: it is
   * opened by something that was not read, or a controller's choice.
   */
  readonly kind: "internet" | "private" | "nodes" | "unknown";
  /** These sources alone: `loadBalancerSourceRanges`. */
  readonly ranges?: readonly AddressRange[];
  /** The field or fact that says so, where it is not the usual: `annotation networking.gke.io/load-balancer-type`. */
  readonly reason?: string;
}

/** Whose address and labels policies see at the pod. */
export type ExposureSource =
  /** The client's address is kept; `orBalancer`: unless the load balancer is a proxy, which connects from its own. */
  | { readonly kind: "client"; readonly orBalancer?: true }
  /** A node's address may take the place of the client's: which of the two policies see is the CNI's own. */
  | { readonly kind: "node" }
  /** Pods of the controller, by their endpoints. */
  | { readonly kind: "pods"; readonly controller: string; readonly endpoints: readonly number[] }
  /** A pod of a controller that was not read: its labels and its namespace are not known. */
  | { readonly kind: "unknown-pod"; readonly controller?: string }
  /** Proxies outside the cluster, whose addresses are not known: a cloud's own load balancer. */
  | { readonly kind: "proxy"; readonly controller: string };

/** One workload behind it. What is in neither set is denied. */
export interface ExposureTarget {
  /** Index of the endpoint. */
  readonly endpoint: number;
  readonly service?: Service;
  /** The pod's own ports that it leads to, after translation. */
  readonly ports: PortSet;
  /** Of these, those that some source reaches… */
  readonly allowed: PortSet;
  /** …those that everywhere reaches: most of the addresses of a family, or every pod or node… */
  readonly fromEverywhere: PortSet;
  /** …and those of which what was read does not tell. */
  readonly unknown: PortSet;
  /** `allowed` where one port is, else `unknown` where one may be. */
  readonly verdict: "allowed" | "denied" | "unknown";
  /** Why it is unknown. */
  readonly doubts: readonly Doubt[];
}

export interface PlacedDoubt extends Doubt {
  readonly object: KubernetesObject;
  readonly field: FieldPath;
}

export interface DeadEnd {
  /**
   * Stable: `exposure.no-service`, `exposure.no-port`, `exposure.no-pods`, `exposure.no-grant`, `exposure.not-attached`,
   * `exposure.external-name`.
   */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly reason: string;
  readonly object: KubernetesObject;
  readonly field: FieldPath;
}

/** What a Service leads to. */
export interface ServiceTargets {
  readonly service: Service;
  /** Its name is the pods' own addresses: the port that a client names is the pod's, and no targetPort counts. */
  readonly headless: boolean;
  readonly targets: readonly ServiceTarget[];
  /** Addresses that its Endpoints name and that are no pod's that was read. */
  readonly outside: readonly OutsideTarget[];
  readonly doubts: readonly PlacedDoubt[];
  readonly deadEnds: readonly DeadEnd[];
}

export interface ServiceTarget {
  readonly endpoint: number;
  /** Index into the Service's ports. */
  readonly servicePort: number;
  readonly protocol: TransportPort["protocol"];
  /** The pod's own: targetPort, resolved by the pod where it is a name; of a headless Service the port itself. */
  readonly port: number;
}

export interface OutsideTarget extends TransportPort {
  readonly servicePort: number;
  readonly address: string;
}

/** A port that a container states that it serves. */
export interface ServedPort extends TransportPort {
  readonly name?: string;
  readonly container: string;
  /** From the object's root. */
  readonly field: FieldPath;
  readonly hostPort?: number;
  readonly hostIP?: string;
}
