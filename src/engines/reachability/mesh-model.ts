/**
 * What meshes do for each workload, as facts for the checks of control 10 and for `network explain`. Nothing here is a
 * verdict: `PERMISSIVE` is a mode, not a finding.
 */
import type { FieldPath, KubernetesObject } from "../kubernetes/model.ts";
import type { AddressRange } from "./addresses.ts";
import type { PortSet } from "./port-set.ts";
import type { Doubt } from "./rule-model.ts";

export interface MeshFacts {
  /** Of each endpoint that is pods, at its index. */
  readonly workloads: readonly WorkloadMesh[];
  readonly controlPlanes: readonly ControlPlane[];
  /** What speaks for or against the mesh's claims, beside the modes and policies of workloads. */
  readonly notes: readonly MeshNote[];
  /** Encryption between nodes: said, and not counted as mTLS. */
  readonly encryption: readonly Encryption[];
  /** Clients that were told to use something else than the mesh's own mTLS, or to use it where it is off. */
  readonly overrides: readonly ClientTls[];
  /** What all of Istio's mesh does, where it is known. */
  readonly istio: IstioSettings;
}

export interface IstioSettings {
  /** Sidecars speak mTLS by themselves to whatever has a proxy. */
  readonly autoMtls: boolean;
  /** Sidecars speak HBONE, as ambient does; undefined: not known. */
  readonly hbone: boolean | undefined;
}

export type MeshKind = "istio-sidecar" | "istio-ambient" | "linkerd";

/**
 * How it is known. `seen`: the proxy is in a pod that was read. `expected`: labels ask for it, and what puts it there was
 * read. `labelled`: labels ask for it, and nothing that was read shows that anything acts on them. `unknown`: what decides
 * was not read (a namespace's labels, a revision's webhook).
 */
export type MeshCertainty = "seen" | "expected" | "labelled" | "unknown";

export interface MeshPlace {
  readonly object: KubernetesObject;
  readonly field: FieldPath;
}

export interface MeshEvidence extends MeshPlace {
  /** One sentence without a full stop. */
  readonly text: string;
}

export interface WorkloadMesh {
  /** `none`: in no mesh; with a certainty of `unknown` it may be in one. */
  readonly mesh: MeshKind | "none";
  readonly certainty: MeshCertainty;
  /** Why it is not certain, where it is `labelled` or `unknown`. */
  readonly doubt?: Doubt;
  /** Its proxy is the workload: an ingress or egress gateway, a waypoint. What it listens on is not the mesh's mTLS. */
  readonly gateway: boolean;
  readonly evidence: readonly MeshEvidence[];
  /** Which connections to it must be mTLS; absent outside a mesh, and of gateways. */
  readonly mtls?: InboundMtls;
  readonly authorization: WorkloadAuthorization;
  readonly bypass: MeshBypass;
  /** Ports (TCP) at which a Service leads to it: sidecars speak mTLS to a Service, and plaintext to an address. */
  readonly served: PortSet;
  /** Of ambient: `shop/waypoint`, through which requests to its Services go. */
  readonly waypoint?: MeshEvidence;
}

/** `STRICT`: plaintext is refused. `PERMISSIVE`: both are taken. `DISABLE`: mTLS is not spoken. */
export type MtlsMode = "STRICT" | "PERMISSIVE" | "DISABLE";

export interface PortMtls {
  readonly mode: MtlsMode;
  /** What says so; absent where nothing does, which is PERMISSIVE. */
  readonly decidedBy?: MeshPlace;
  readonly doubt?: Doubt;
}

export interface InboundMtls extends PortMtls {
  /** Ports of the pod (TCP) for which something else is said. */
  readonly ports: ReadonlyMap<number, PortMtls>;
}

export interface WorkloadAuthorization {
  /** `open`: what no policy denies is let in. `isolated`: only what a policy allows. `unknown`: a default that was not read. */
  readonly default: "open" | "isolated" | "unknown";
  readonly policies: readonly AuthorizationFact[];
}

export interface AuthorizationFact extends MeshPlace {
  /** `default`: Linkerd's policy for what no Server names. */
  readonly action: "allow" | "deny" | "custom" | "audit" | "default";
  /** It matches every connection, from outside the mesh too. */
  readonly everyone: boolean;
}

/** Traffic that the mesh's proxy never sees: it is plaintext, and no policy of the mesh is held against it. */
export interface MeshBypass {
  /** Ports of the pod, beside those of the proxy itself. */
  readonly inbound: PortSet;
  readonly outbound: PortSet;
  readonly outboundRanges: readonly AddressRange[];
  readonly places: readonly MeshEvidence[];
}

export interface ControlPlane extends MeshEvidence {
  readonly mesh: "istio" | "linkerd";
  /** `injector`: an admission webhook that adds proxies. `ztunnel`: ambient's node proxy. `configuration`: its settings. */
  readonly part: "control-plane" | "injector" | "ztunnel" | "configuration";
}

export const meshNoteCodes = [
  /** A policy that no proxy that was read holds. */
  "mesh.policy-without-effect",
  /** One that is read and ignored: a selector in the root namespace, an action that ztunnel does not know, a dry run. */
  "mesh.policy-ignored",
  /** An ALLOW rule that ztunnel never matches, a DENY rule that it cannot hold. */
  "mesh.rule-void",
  /** A DENY rule that ztunnel, or a sidecar on a TCP port, applies without its conditions on requests. */
  "mesh.rule-wider",
  /** It denies requests, not connections. */
  "mesh.rule-requests-only",
  /** An ALLOW rule without a condition. */
  "mesh.allows-everyone",
  /** An ALLOW rule whose only conditions are negative ones, which plaintext satisfies. */
  "mesh.allows-plaintext",
  /** Clients that send plaintext where the destination is in the mesh. */
  "mesh.client-plaintext",
  /** Ports and addresses that the proxy does not see. */
  "mesh.excluded-traffic",
  /** Policies of a waypoint that a connection to the pod's own address goes around. */
  "mesh.waypoint-bypassed",
  /** Labels ask for a proxy, and the pods that run have none. */
  "mesh.proxy-missing",
  /** It authenticates whoever a token names, and no client that sends none. */
  "mesh.request-authentication",
  /** REGISTRY_ONLY is held by the sidecar that the workload itself can go around. */
  "mesh.registry-only",
] as const;
export type MeshNoteCode = (typeof meshNoteCodes)[number];

export interface MeshNote extends MeshPlace {
  readonly code: MeshNoteCode;
  /** One sentence without a full stop. */
  readonly reason: string;
  readonly remedy?: string;
  /** Endpoints that it is about, by index. */
  readonly workloads: readonly number[];
}

export interface Encryption extends MeshPlace {
  readonly by: "WireGuard" | "IPsec" | "ztunnel";
  readonly text: string;
}

/** What a DestinationRule makes of the connections of some clients. */
export interface ClientTls extends MeshPlace {
  readonly sources: Int32Array;
  readonly destinations: Int32Array;
  /** Ports of the destination's pods. */
  readonly ports: PortSet;
  readonly mode: "mtls" | "plaintext" | "other-tls";
  /** Another rule or another Service says something else. */
  readonly doubt?: Doubt;
}
