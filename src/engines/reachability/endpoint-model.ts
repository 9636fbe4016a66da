/** The ends of connections. */
import type { Workload } from "../kubernetes/model.ts";
import type { AddressRange } from "./addresses.ts";
import type { MetadataService } from "./metadata-services.ts";

export type Endpoint = PodEndpoint | NodeEndpoint | AddressEndpoint | DomainEndpoint;

/**
 * The pods of one workload: they have the same labels and ports, so that policies treat them alike. `host`: they are on
 * their nodes' network, no policy selects them, and they are their nodes to everybody else.
 */
export interface PodEndpoint {
  readonly kind: "pods";
  /** `shop/Deployment/web`. */
  readonly name: string;
  readonly workload: Workload;
  readonly namespace: string;
  /** Of the pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of their namespace; `kubernetes.io/metadata.name` always among them. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** `TCP/http` → the numbers that containers of the pod give that name, sorted. */
  readonly namedPorts: ReadonlyMap<string, readonly number[]>;
  readonly host: boolean;
  readonly serviceAccount: string;
  /** Of a Pod that was read from a cluster: `status.podIPs`. Empty where they are not known. */
  readonly addresses: readonly string[];
  /** The node that they are on, where it is known. */
  readonly node?: string;
  /** Of a DaemonSet: there is one on every node that its selectors allow. */
  readonly everyNode: boolean;
}

/** A node that was read; or, without a name, any node: where none was read. */
export interface NodeEndpoint {
  readonly kind: "node";
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly addresses: readonly string[];
}

/** Addresses outside the cluster that every rule treats alike. */
export interface AddressEndpoint {
  readonly kind: "addresses";
  /** `internet` of what is public, `private networks`, or the metadata service's name, and the ranges where they are cut. */
  readonly name: string;
  readonly ranges: readonly AddressRange[];
  readonly scope: "internet" | "private" | "metadata";
  readonly metadata?: MetadataService;
}

/** What rules allow by name: `api.example.com`. It exists where a rule names it. */
export interface DomainEndpoint {
  readonly kind: "domain";
  readonly name: string;
}
