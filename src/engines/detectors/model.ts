/**
 * Detectors that watch what runs on nodes, as facts: which are there, how they are configured, which nodes they leave out, and
 * proofs that one of them alerted. That a detector is there is no proof of anything: an image can be called `falco`.
 */
import type { FieldPath, KubernetesObject, Workload } from "../kubernetes/model.ts";

import type { NodeProof } from "./proof-model.ts";

export type { DetectionProof, NodeProof, ProvenAlert } from "./proof-model.ts";

/** Whether something is so, and why: half a sentence without a full stop. */
export interface DetectorStatement {
  readonly answer: "yes" | "no" | "unknown";
  readonly reason: string;
  /** What of the detector's objects says so; absent: the detector itself. */
  readonly place?: { readonly object: KubernetesObject; readonly path: FieldPath };
}

/** How a detector is configured, as far as that can be read. */
export interface DetectorSettings {
  /** Whether it has rules over system calls, and an output for what they find. */
  readonly rules: DetectorStatement;
  /** Whether it tells of events that it lost. */
  readonly losses: DetectorStatement;
}

/** A detector that a cluster's objects, or manifests, are to run. */
export interface ClusterDetector extends DetectorSettings {
  /** `Falco`. */
  readonly product: string;
  readonly workload: Workload;
  /** Of its container's image, from the object's root. */
  readonly image: FieldPath;
  /** Why its pods are not on every node, whatever the nodes are; absent: nothing says so. */
  readonly partial?: DetectorStatement;
  /** Of a cluster: its pods are not ready everywhere, as its controller says: `ready on 2 of 3 nodes`. */
  readonly unready?: string;
}

/** A node of a cluster, and what watches it. */
export interface DetectionNode {
  readonly object: KubernetesObject;
  readonly name: string;
  readonly windows: boolean;
  /** Products with rules, or of which that is not known, whose pods belong on it. */
  readonly watchedBy: readonly string[];
  /** `Falco: taint dedicated=gpu:NoSchedule is not tolerated`, of each that is not. */
  readonly leftOutBy: readonly string[];
  /** What proofs come to; absent: there is none. */
  readonly proof?: NodeProof;
}

/** What watches a cluster, or would watch what manifests describe. */
export interface RuntimeDetection {
  readonly detectors: readonly ClusterDetector[];
  /** Empty of manifests, which name none. */
  readonly nodes: readonly DetectionNode[];
  readonly isCluster: boolean;
}

/** A detector that runs on a node. */
export interface NodeDetector extends DetectorSettings {
  readonly product: string;
  /** `process 712 (falco)`, `container falco (docker.io/falcosecurity/falco:0.44.1)`. */
  readonly seen: string;
  /** BPF programs and links that its processes hold; absent where that was not readable. */
  readonly programs?: number;
}

/** What watches one node, as its own processes and containers tell. */
export interface NodeDetection {
  readonly host: string;
  readonly detectors: readonly NodeDetector[];
  readonly processes: number;
  readonly containers: number;
  readonly proof?: NodeProof;
}
