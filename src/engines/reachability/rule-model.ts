/**
 * What every policy, of whichever kind, is compiled to. A connection is decided in {@link Stage}s, of which each must
 * let it through; a stage goes through its rules in order, and the first that matches decides.
 */
import type { FieldPath, KubernetesObject } from "../kubernetes/model.ts";
import type { AddressRange } from "./addresses.ts";
import type { PodSet } from "./pod-sets.ts";
import type { PortSet } from "./port-set.ts";
import type { Selector } from "./selector.ts";

/**
 * Who decides, and at which end of the connection. `network`: the CNI, by addresses and ports. `authentication`: whether a
 * mesh takes a connection without mTLS. `authorization`: what a mesh's policies let in. `outbound`: what a sidecar lets out.
 */
export type StageName =
  | "network-egress"
  | "network-ingress"
  | "mesh-outbound"
  | "mesh-authentication"
  | "mesh-authorization";

/** The stages whose subjects are the connection's sources; those of the others are its destinations. */
export const egressStages: readonly StageName[] = ["network-egress", "mesh-outbound"];
export const ingressStages: readonly StageName[] = ["network-ingress", "mesh-authentication", "mesh-authorization"];

/** `pass`: the stage goes on with the first rule of the next group. */
export type RuleAction = "accept" | "deny" | "pass";

/** Where a rule stands in its stage: smaller is earlier, by group, then band, then within its list by index. */
export interface RuleOrder {
  /** See {@link groups}. A stage whose groups all let a connection fall through accepts it. */
  readonly group: number;
  /** The priority of an AdminNetworkPolicy or ClusterNetworkPolicy; {@link bands} of kinds without priorities. */
  readonly band: number;
  /**
   * Lists of one band have no order between them: where two would decide one connection differently it is unknown.
   * Rules of one list are held in the order of `index`. Use one list (0) where the order makes no difference.
   */
  readonly list: number;
  readonly index: number;
}

/** Of the stage `network`: what comes before NetworkPolicy, it and Cilium's, and what comes behind. Meshes have one group. */
export const groups = { foreign: 0, admin: 1, policy: 2, baseline: 3 } as const;

/**
 * Of the group `policy` and of meshes, which have no priorities: what a mesh's proxy never sees, what another service
 * decides, denials, then what allows, then that a policy selects a pod and so denies the rest.
 */
export const bands = { bypass: -1, custom: 0, deny: 1, allow: 2, isolation: 3 } as const;

export interface Rule extends RuleOrder {
  readonly stage: StageName;
  readonly action: RuleAction;
  /** The policy that says so, and the field of the rule in it: `["spec", "ingress", 0]`. */
  readonly object: KubernetesObject;
  readonly field: FieldPath;
  /** Its own name, where it has one. */
  readonly name?: string;
  /** `selects the pod for ingress` and the like, where it stands for no entry of the policy. */
  readonly role?: "isolation" | "default";
  /** Pods at whose end it is held; a pod on its node's network is in none. */
  readonly subject: PodSet;
  readonly peers: readonly Peer[];
  readonly ports: RulePorts;
  /** It matches or it does not, and nothing that was read tells which. */
  readonly doubt?: Doubt;
  /**
   * Of an accepting rule: of the connections that it lets through it looks at requests and refuses some (`GET /health
   * only`). Of a denying one that looks at requests: the connection stands, so it is not compiled but as a `note`.
   */
  readonly narrowing?: string;
  /** The document that the rule's semantics are from, where they are no NetworkPolicy's: a URL. */
  readonly source?: string;
}

/** Why something is unknown. */
export interface Doubt {
  /** Stable: `network.host-network`, `network.pod-address`, `network.foreign-policy`, `network.equal-priority`, … */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** What would settle it: `state cluster.cni in bulkhead.yaml`. */
  readonly remedy?: string;
}

/** A connection's other end; a rule matches where one of its peers does. */
export type Peer =
  | { readonly kind: "everything" }
  /** `everyPod`: so is every pod of the cluster, whether it was read or not. */
  | { readonly kind: "pods"; readonly pods: PodSet; readonly everyPod?: true; readonly doubt?: Doubt }
  /** By address, which may be a pod's or a node's too: whether it counts for them is the CNI's own. */
  | { readonly kind: "addresses"; readonly ranges: readonly AddressRange[]; readonly matches: AddressMatches }
  /** All that is outside the cluster. */
  | { readonly kind: "outside"; readonly doubt?: Doubt }
  /** By name, as a proxy or the CNI resolves it: `api.example.com`, `*.example.com`. */
  | { readonly kind: "domains"; readonly patterns: readonly string[] }
  | { readonly kind: "nodes"; readonly nodes: "own" | "others" | "all" | NodeChoice; readonly doubt?: Doubt };

/** Nodes by their labels; where no Node was read it is unknown which they are. */
export interface NodeChoice {
  readonly selector: Selector;
}

/** Whether a rule by address is held against pods and nodes: `by-address`, `never`, or nobody knows. */
export interface AddressMatches {
  readonly pods: "by-address" | "never" | Doubt;
  readonly nodes: "by-address" | "never" | Doubt;
}

/** A set of ports by number, and ports by the name that the destination pod gives them. */
export interface RulePorts {
  readonly numbers: PortSet;
  readonly named: readonly NamedPort[];
}

export interface NamedPort {
  readonly protocol: "TCP" | "UDP" | "SCTP" | "any";
  readonly name: string;
}
