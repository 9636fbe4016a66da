/** An object, where it is from, and what of it was not read. */

import type { ManifestText, YamlNode } from "../../formats/yaml/model.ts";
import type { FieldPath } from "./field-path.ts";

/** One object of the API, or one service of a Compose file (`apiVersion` is then `compose`, the kind COMPOSE_SERVICE). */
export interface KubernetesObject {
  readonly apiVersion: string;
  /** The part of apiVersion before the slash; empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** As stated; see `effectiveNamespace`. */
  readonly namespace?: string;
  /** As stated; empty where it has only a `generateName`, or none. */
  readonly name: string;
  readonly generateName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
  /** RFC 3339; what a cluster adds. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly uid?: string;
  readonly source: ObjectSource;
  /** Of an object with several pods one of them: its name or place there, and the object that was read. */
  readonly part?: { readonly name: string; readonly of: KubernetesObject };
  /** Ask `rawOf`: it is held of those objects alone whose lists do not say all of them, and that no file can be asked for. */
  readonly raw?: Readonly<Record<string, unknown>>;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

export type ObjectSource = FileSource | ClusterSource;

export interface FileSource {
  readonly kind: "file";
  readonly text: ManifestText;
  /** Which of the text's documents, from 0. */
  readonly document: number;
  /** Where the object is in its document: empty, `["items", 3]` in a List, `["services", "web"]` in a Compose file. */
  readonly root: FieldPath;
  /** Where it begins, from 1, where reading it told so: it need not be read again for its own place. */
  readonly line?: number;
  readonly column?: number;
  /** Of a Compose file: the pod's fields by `formatFieldPath` → where the service states them, from its document's root. */
  readonly fields?: ReadonlyMap<string, FieldPath>;
  /** Of a Compose file: the document as Compose reads it. */
  readonly node?: YamlNode;
}

export interface ClusterSource {
  readonly kind: "cluster";
  /** What the user calls it: the context of a kubeconfig. */
  readonly cluster: string;
}

/** One thing that was not read, and where. */
export interface ManifestGap {
  /** Stable: `kubernetes.yaml`, `kubernetes.type`, `kubernetes.duplicate-key`, `kubernetes.bound`, … */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** What would close it. */
  readonly remedy?: string;
  /** Of the file, or the cluster's name. */
  readonly path: string;
  /** From 1; absent where it is about the whole file, or a cluster's object. */
  readonly line?: number;
  readonly column?: number;
  /** Which of the file's documents it is about, from 0: that document's objects alone are touched by it. */
  readonly document?: number;
  /** The object that is read in part; absent where it is about a document, a file or the whole reading. */
  readonly object?: KubernetesObject;
  readonly field?: FieldPath;
  /**
   * Names of the lists of `Manifests` that are short because of it: a cluster's list of one kind that was refused. Absent
   * where it may be any of them.
   */
  readonly lists?: readonly string[];
}
