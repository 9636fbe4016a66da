/** What checks over the network may be handed: computed reachability, by namespace, and the policies that make it. */
import type { Check } from "../../core/check.ts";
import type { FieldPath, KubernetesObject, Workload } from "../../engines/kubernetes/model.ts";

/** Why a connection is open. */
export type OpenBy =
  /** No policy isolates the pods in this direction. */
  | { readonly kind: "nothing" }
  /** Policies are there, and nothing enforces them. */
  | { readonly kind: "unenforced" }
  /** The pods are on their nodes' network, of which no policy is. */
  | { readonly kind: "host" }
  | ({ readonly kind: "rule" } & OpeningRule);

/** A rule that lets something through. */
export interface OpeningRule {
  readonly object: KubernetesObject;
  readonly field: FieldPath;
}

/** One workload's pods in the network. */
export interface ReachingWorkload {
  /** `shop/Deployment/web`. */
  readonly name: string;
  readonly workload: Workload;
  /** On their nodes' network. */
  readonly host: boolean;
  readonly ingress: DirectionReach;
  readonly egress: DirectionReach;
  /** Absent where it reaches a small part of the internet, named by rules, or nothing of it. */
  readonly internet?: Opened;
  readonly metadata: readonly ReachedService[];
  /** `cut`: no rule lets it ask a DNS server. */
  readonly dns: "open" | "cut" | "unknown";
  readonly mesh: MeshedWorkload;
  /** Secrets and cloud identities that its pods have: `Secret database`, `AWS role arn:…`. */
  readonly credentials: readonly string[];
}

/** What a service mesh does for one workload. */
export interface MeshedWorkload {
  /** `unknown`: in none, or in one, and what was read does not tell. */
  readonly member: "yes" | "no" | "unknown";
  /** `Istio sidecar`; absent outside a mesh. */
  readonly mesh?: string;
  /** Ways by which it takes plaintext, each with what says so; empty of one that takes mTLS alone, and of gateways. */
  readonly plaintext: readonly PlaintextWay[];
  /** Whether every identity of the mesh may talk to it: no authorization policy names whom it takes. */
  readonly authorization: "open" | "named" | "unknown";
  /** A policy that lets in everyone, from outside the mesh too. */
  readonly everyone?: OpeningRule;
  /** Directions in which network policies let through the application's ports, and not the one that the mesh's traffic takes. */
  readonly cutOff: readonly MeshPortCutOff[];
}

export interface MeshPortCutOff {
  readonly direction: "ingress" | "egress";
  readonly port: number;
  /** The policy that denies it, where there is one. */
  readonly by?: OpeningRule;
}

export interface PlaintextWay {
  /** `mode`: what is said of the workload; `unset`: nothing is said, which is PERMISSIVE; `port`, `bypass`: of single ports. */
  readonly kind: "mode" | "unset" | "port" | "bypass";
  /** `PERMISSIVE`, `DISABLE`, `port 8080 is PERMISSIVE`. */
  readonly text: string;
  readonly by?: OpeningRule;
}

export interface DirectionReach {
  /** Whether what no rule allows is denied. */
  readonly isolated: "yes" | "no" | "unknown";
  /** Of isolated pods: a rule that allows every peer on all ports, so that nothing is denied after all. */
  readonly undoneBy?: OpeningRule;
}

export interface Opened {
  readonly by: OpenBy;
  /** `TCP 443`, `all ports`. */
  readonly ports: string;
}

export interface ReachedService extends Opened {
  /** Of a cloud's metadata service. */
  readonly service: string;
  readonly address: string;
}

/** Pods of other namespaces that reach pods of this one although no rule names them. */
export interface ForeignReach {
  readonly by: Exclude<OpenBy, { kind: "host" }>;
  /** Workloads of this namespace that are reached, by name, sorted. */
  readonly reached: readonly string[];
  /** Some of those of others that reach them, sorted; and how many they are, of how many namespaces. */
  readonly from: readonly string[];
  readonly fromCount: number;
  readonly namespaces: number;
}

export interface NamespaceNetwork {
  readonly name: string;
  /** Which stands for the namespace in findings: the one that declares it, else one of its workloads. */
  readonly object: KubernetesObject;
  readonly workloads: readonly ReachingWorkload[];
  readonly foreign: readonly ForeignReach[];
}

/**
 * One namespace of applications in the network. What was computed is several facts, each the same and partial on its own:
 * where it is unknown whether pods are isolated, what they reach may be known all the same. All of them are partial where
 * they rest on what the scanned directory's own policy states.
 */
export interface NetworkNamespaceFacts {
  /** Partial where it is unknown whether a pod is isolated. */
  readonly isolation: NamespaceNetwork;
  /** Partial where it is unknown whether a pod reaches the internet or a metadata service. */
  readonly outside: NamespaceNetwork;
  /** Partial where it is unknown whether a pod of another namespace gets in. */
  readonly foreign: NamespaceNetwork;
  /** Partial where it is unknown whether a pod can ask a DNS server. */
  readonly dns: NamespaceNetwork;
  /** Partial where it is unknown whether a pod is in a mesh, or what that asks of connections to it. */
  readonly mesh: NamespaceNetwork;
  /** Policies of every kind that may be about it. Partial where a file or list that may hold more was not read. */
  readonly policies: readonly KubernetesObject[];
  /** Partial where it is not known that policies are enforced, by a source that the caller vouches for. */
  readonly enforcement: Enforcement;
}

/** The facts that are the network. */
export type NetworkPart = "isolation" | "outside" | "foreign" | "dns" | "mesh";

/** What of the policy its checks judge by. */
export interface NetworkParameters {
  /** Whether workloads must be in a mesh that takes only mTLS. */
  readonly mtls: "optional" | "strict";
}

export interface Enforcement {
  readonly enforced: "yes" | "no" | "unknown";
  /** `cilium (policy)`, `cilium: DaemonSet kube-system/cilium is ready on 3 of 3 nodes`. */
  readonly by: string;
}

export type NetworkNamespaceCheck = Check<NetworkNamespaceFacts, NetworkParameters> & {
  readonly subject: "network-namespace";
};

/** A policy, of whichever kind, and what becomes of it. */
export interface NetworkPolicyFact {
  readonly object: KubernetesObject;
  /** Workloads that it selects. */
  readonly selected: number;
  /** Of those, such as are on their nodes' network, of which no policy is. */
  readonly onHost: number;
  /** Whether pods that it may be about were read at all: of a directory it may be about others. */
  readonly comparable: boolean;
  /** Removing it changes no connection; absent where that was not looked at. */
  readonly shadowed?: boolean;
  /** Peers and ports that stand for nothing. */
  readonly unmatched: readonly UnmatchedName[];
}

export interface UnmatchedName {
  readonly field: FieldPath;
  /** `port http`, `podSelector app=web`. */
  readonly what: string;
}

/** Policies of one kind that nothing enforces. */
export interface UnenforcedKind {
  /** `NetworkPolicy`, `CiliumNetworkPolicy (cilium.io)`. */
  readonly kind: string;
  readonly objects: readonly [KubernetesObject, ...KubernetesObject[]];
  readonly reason: string;
}

/** One port of one workload that is open to who is outside the cluster. */
export interface ExposedPort {
  /** `LoadBalancer`, `NodePort`, `Ingress`. */
  readonly way: string;
  readonly opener: OpeningRule;
  /** `nodes`: to whoever reaches an address of a node; `unknown`: by something that was not read. */
  readonly reach: "internet" | "nodes" | "unknown";
  /** It takes connections from certain addresses alone, by the opener or by policies. */
  readonly restricted: boolean;
  readonly workload: string;
  /** The pod's own. */
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly port: number;
}

/** What leads into the cluster, and which ports it opens. */
export interface WaysIn {
  /** Ways that were found, whether policies let anything through or not. */
  readonly count: number;
  readonly ports: readonly ExposedPort[];
}

/** Something about a policy that was meant and is not so, or that nobody can tell. */
export interface PolicyFault {
  /** As of a gap. */
  readonly code: string;
  readonly place: OpeningRule;
  readonly reason: string;
  readonly remedy?: string;
}

/** Of a mesh's policies or clients. */
export interface MeshFault extends PolicyFault {
  /** Workloads that it is about. */
  readonly workloads: readonly string[];
}

/** Assertions of the policy about the network. */
export interface AssertedFacts {
  /** As the policy names it. */
  readonly file: string;
  readonly total: number;
  readonly violated: readonly {
    /** `deny shop/* -> internet`. */
    readonly text: string;
    readonly line: number;
    /** The rule that decides, where there is one. */
    readonly place: OpeningRule;
    /** A pair that speaks against it. */
    readonly example: string;
  }[];
}

export interface MeshFaults {
  /** Workloads that are, or may be, in a mesh. */
  readonly members: number;
  readonly faults: readonly MeshFault[];
}

/** The network of a cluster, or of all manifests of a directory. */
export interface NetworkFacts {
  /** Partial where a policy was not read whole. */
  readonly policies: readonly NetworkPolicyFact[];
  readonly unenforced: readonly UnenforcedKind[];
  /** Partial where it is unknown what is behind a way in, or whether policies let traffic by it through. */
  readonly exposed: WaysIn;
  /** Of network policies; what a policy of another CNI is, `unenforced` says. */
  readonly policyFaults: readonly PolicyFault[];
  /** Partial where a mesh's policy was not read whole. */
  readonly meshFaults: MeshFaults;
  /** Partial where it is unknown whether one holds. */
  readonly assertions: AssertedFacts;
}

export type NetworkCheck = Check<NetworkFacts> & { readonly subject: "network" };
