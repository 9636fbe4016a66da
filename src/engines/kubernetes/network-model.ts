/** What leads traffic to pods, and what keeps it away, as facts. */
import type { FieldPath } from "./field-path.ts";
import type { KubernetesObject } from "./object-model.ts";

export interface NetworkObjects {
  readonly services: readonly Service[];
  readonly ingresses: readonly Ingress[];
  /** Gateway, HTTPRoute and the other kinds of gateway.networking.k8s.io; `object.kind` tells. */
  readonly gateways: readonly GatewayObject[];
  readonly networkPolicies: readonly NetworkPolicy[];
}

export interface Service {
  readonly object: KubernetesObject;
  /** `ClusterIP` where none is stated, as the API server sets it. */
  readonly type: string;
  readonly clusterIP?: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  readonly externalIPs: readonly string[];
  readonly externalName?: string;
  readonly loadBalancerSourceRanges: readonly string[];
  readonly loadBalancerClass?: string;
  /** `Cluster` where none is stated, as the API server sets it: a node's address takes the place of the client's. */
  readonly externalTrafficPolicy?: string;
  readonly allocateLoadBalancerNodePorts?: boolean;
}

export interface ServicePort {
  readonly name?: string;
  readonly port?: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly protocol?: string;
}

/** A backend of an Ingress or a route of the Gateway API. */
export interface ServiceBackend {
  /** Where it stands: `["spec", "rules", 0, "backendRefs", 1]`. */
  readonly field: FieldPath;
  readonly service: string;
  /** A route's, where it states one. */
  readonly namespace?: string;
  readonly port?: number | string;
}

export interface Ingress {
  readonly object: KubernetesObject;
  readonly ingressClassName?: string;
  readonly hosts: readonly string[];
  readonly backends: readonly ServiceBackend[];
  /** Backends that are no Service: a storage bucket and the like. */
  readonly otherBackends: readonly FieldPath[];
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secretName?: string }[];
}

export interface GatewayObject {
  readonly object: KubernetesObject;
  /** Of a Gateway. */
  readonly gatewayClassName?: string;
  readonly listeners: readonly GatewayListener[];
  /** Of a route. */
  readonly hostnames: readonly string[];
  readonly parents: readonly GatewayParent[];
  /** Services, those that requests are mirrored to among them. */
  readonly backends: readonly ServiceBackend[];
  /** Backends of other kinds. */
  readonly otherBackends: readonly FieldPath[];
}

export interface GatewayListener {
  readonly name: string;
  readonly hostname?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly tlsMode?: string;
  /** Secrets with its certificates; a namespace where it states one. */
  readonly certificates?: readonly { readonly name: string; readonly namespace?: string }[];
  readonly allowedRoutes: {
    /** `All`, `Same`, `Selector` or `None`; absent: `Same`. */
    readonly from?: string;
    /** Whether it states a selector of namespaces: at `["allowedRoutes", "namespaces", "selector"]`. */
    readonly hasSelector: boolean;
    /** Absent: those that fit its protocol. */
    readonly kinds?: readonly string[];
  };
}

export interface GatewayParent {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** Its specification is read by the engine of reachability. */
export interface NetworkPolicy {
  readonly object: KubernetesObject;
}
