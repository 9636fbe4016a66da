/** What `network generate` makes, before it is text and after. */

import type { KubernetesObject } from "../../engines/kubernetes/model.ts";
import type { AddressRange, PodEndpoint, StageName } from "../../engines/reachability/model.ts";
import type { Need, UnknownNeed } from "../../engines/reachability/needs/model.ts";
import type { Attributed, AttributedConnection } from "../../engines/reachability/observed/attribute.ts";
import type { Plain } from "../../formats/yaml/write.ts";
import type { Subject } from "./subjects.ts";

/** The API server as pods reach it, and as it reaches them. */
export interface ApiServer {
  readonly range: AddressRange;
  readonly port: number;
}

export type EgressMode = "cilium" | "istio" | "squid";
export type MeshMode = "istio" | "linkerd";

export type { Plain };

/** One peer or port of an allow: what of it alone can be taken away. */
export interface AllowPart {
  /** Equal for equal parts. */
  readonly key: string;
  /** As the policy's kind writes it; several where one peer takes more than one (a range of two CIDRs). */
  readonly values: readonly Plain[];
  /** What a comment says of it. */
  readonly comments: readonly string[];
  /** It is for nodes, of which the model cannot say that they need it: a pod's own may always come. */
  readonly isForNodes?: boolean;
}

/** Every peer on every port: no more than what is needed, since those of other ports are another allow. */
export interface Allow {
  readonly direction: "ingress" | "egress";
  /** Of kinds that have several fields for peers: which. */
  readonly field?: string;
  /** Empty: everybody. */
  readonly peers: readonly AllowPart[];
  readonly ports: readonly AllowPart[];
  /** Of all of it. */
  readonly comments: readonly string[];
}

/** One object, with the parts of it that can be left out one by one. */
export interface Draft {
  readonly kind: string;
  /** Pods that it selects; absent: every pod of the namespace. */
  readonly members?: readonly PodEndpoint[];
  /** Where its allows count. */
  readonly stages: Readonly<Record<Allow["direction"], StageName>>;
  readonly namespace: string;
  readonly name: string;
  /** Without any of its allows it still says something: that the rest is denied. */
  readonly keepsWhenEmpty?: boolean;
  /** Above the object, in lines. */
  readonly comments: readonly string[];
  readonly allows: readonly Allow[];
  /** The object with some of its allows, none of which is empty. In a trial without what only makes its allows work. */
  readonly build: (allows: readonly Allow[], isTrial?: boolean) => BuiltObject;
}

export interface BuiltObject {
  readonly object: { readonly [key: string]: Plain };
  /** By the very value that they stand above. */
  readonly comments: ReadonlyMap<Plain, readonly string[]>;
}

/** A need that nothing which may be written allows: it is cut. */
export interface UnmetNeed {
  readonly need: Need;
  readonly reason: string;
  readonly remedy?: string;
}

export interface Generated {
  readonly drafts: readonly Draft[];
  readonly needs: readonly Need[];
  readonly unmet: readonly UnmetNeed[];
  readonly unknown: readonly UnknownNeed[];
  /** Connections that were observed and would be cut. */
  readonly cut: readonly AttributedConnection[];
  readonly unattributed: Attributed["unattributed"];
  /** NetworkPolicies of the namespaces that were there: the proof is without them, since what they allow is allowed beside. */
  readonly replaced: readonly KubernetesObject[];
  /** Of an egress proxy its configuration. */
  readonly squid?: string;
  /** What a reader has to know, one sentence each. */
  readonly notes: readonly string[];
}

/** What a workload's mesh policies let in. */
export interface MeshTarget {
  readonly subject: Subject;
  /** By service account, `NAMESPACE/ACCOUNT` the key of each peer; without peers: whoever. */
  readonly allows: readonly Allow[];
  /** Ports on which clients come that have no identity. */
  readonly plaintext: readonly number[];
}
