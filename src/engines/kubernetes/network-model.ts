/** What leads traffic to pods, and what keeps it away, as facts. */
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
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secretName?: string }[];
}

export interface GatewayObject {
  readonly object: KubernetesObject;
  /** Of a Gateway. */
  readonly listeners: readonly {
    readonly name: string;
    readonly hostname?: string;
    readonly port?: number;
    readonly protocol?: string;
  }[];
  /** Of a route. */
  readonly hostnames: readonly string[];
  readonly parents: readonly { readonly kind?: string; readonly name: string; readonly namespace?: string }[];
  readonly backends: readonly ServiceBackend[];
}

/** Its specification is read by the engine of reachability. */
export interface NetworkPolicy {
  readonly object: KubernetesObject;
}
