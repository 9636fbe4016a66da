/**
 * What an API server asks before it stores an object (admission.k8s.io/v1), as facts: who wants to do what, and which pods and
 * images would come of it. Nothing here is judged, and nothing of the object is believed: annotations and labels are its
 * author's word.
 */
import type { FieldPath } from "../kubernetes/field-path.ts";

export type * from "./guard-model.ts";
export { METADATA_NAME, selects } from "./label-selector.ts";
export type { PolicyAnswer } from "./policies/decision-model.ts";
export { type PodSecurityRules, podSecurityOf } from "./policy-model.ts";
export type * from "./probe-model.ts";
export type * from "./verifier-model.ts";

export interface GroupVersionKind {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  /** Plural: `pods`. */
  readonly resource: string;
}

export type Operation = "CREATE" | "UPDATE" | "DELETE" | "CONNECT";

/** One AdmissionReview's request, within bounds. */
export interface AdmissionRequest {
  /** Echoed as it came. */
  readonly uid: string;
  readonly operation: Operation;
  /** Of `object`, as the webhook matched it. */
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  /** As the client sent it, where the API server converted it (`matchPolicy: Equivalent`). */
  readonly requestKind?: GroupVersionKind;
  readonly requestResource?: GroupVersionResource;
  /** `ephemeralcontainers`, `resize`, `status`, `scale`; absent: the object itself. */
  readonly subResource?: string;
  /** Absent: the object is of the whole cluster, or its name is still to be generated. */
  readonly namespace?: string;
  readonly name?: string;
  readonly user: RequestUser;
  readonly dryRun: boolean;
  /** Parsed JSON. Absent on DELETE. */
  readonly object?: Readonly<Record<string, unknown>>;
  /** Of UPDATE and DELETE. */
  readonly oldObject?: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
  /** The same for requests that differ in the pod's own name, identifier, times and token volume alone. */
  readonly alike?: string;
}

export interface RequestUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Where a pod names an image. */
export type ImageUse = "container" | "init-container" | "ephemeral-container" | "image-volume";

/** An image that the object names, with its place in the object. */
export interface AdmittedImage {
  /** As written; empty where it is absent. */
  readonly reference: string;
  readonly use: ImageUse;
  /** Of the container, or of the volume. */
  readonly name: string;
  /** From the object's root to the text: `spec.template.spec.containers[0].image`. */
  readonly path: FieldPath;
  /** False: the old object has the same text for the same container, so that this request brings nothing new. */
  readonly changed: boolean;
}

/** What a request would bring about. */
export interface Admitted {
  /**
   * `judge`: pods would run. `pass`: nothing of it can (a deletion, an object that is being deleted, a subresource that changes
   * neither image nor privilege, a kind without a pod). `unread`: it may hold a pod, and cannot be read as one.
   */
  readonly outcome: "judge" | "pass" | "unread";
  /** One sentence without a full stop. */
  readonly reason: string;
  /** From the object's root to each pod's spec; of a Pod `["spec"]`. */
  readonly pods: readonly FieldPath[];
  readonly images: readonly AdmittedImage[];
  /** Secrets that the pods pull with, by name; of the namespace. */
  readonly pullSecrets: readonly string[];
  /** Of the pods; `default` where none is stated. */
  readonly serviceAccounts: readonly string[];
}

/** One operation of RFC 6902 on the object. */
export interface PatchOperation {
  readonly op: "add" | "replace" | "test";
  /** JSON pointer. */
  readonly path: string;
  readonly value: unknown;
}

/** What is answered, of either kind of webhook. */
export interface AdmissionAnswer {
  readonly uid: string;
  readonly allowed: boolean;
  /** Of a refusal: an HTTP status. */
  readonly code?: number;
  readonly message?: string;
  /** Each at most 256 bytes; more would be cut by the API server. */
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly patch?: readonly PatchOperation[];
}
