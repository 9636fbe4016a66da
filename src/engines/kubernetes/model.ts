/**
 * Kubernetes manifests, Compose files and clusters as facts, without judgement. Types carry the API's own names; what is
 * optional there is optional here. Nothing is defaulted: a field that is absent was not stated.
 */
import type { ComposeFacts } from "./compose/facts.ts";
import type { SecretSources } from "./external-secret-model.ts";
import type { FieldPath } from "./field-path.ts";
import type { ClusterFiles } from "./file-model.ts";
import type { NetworkObjects } from "./network-model.ts";
import type { KubernetesObject, ManifestGap } from "./object-model.ts";
import type { PodSpec } from "./pod-model.ts";
import type { PolicyObjects } from "./policy-model.ts";
import type { RbacObjects } from "./rbac-model.ts";

export type * from "./access-model.ts";
export type * from "./component-model.ts";
export type * from "./compose/facts.ts";
export { containersOf, type PlacedContainer } from "./containers.ts";
export type * from "./engine/model.ts";
export type * from "./external-secret-model.ts";
export { type FieldPath, formatFieldPath } from "./field-path.ts";
export type * from "./file-model.ts";
export { fieldRange, locationOf, objectLocation } from "./locate.ts";
export type * from "./network-model.ts";
export {
  callName,
  clusterOf,
  describeObject,
  ENGINE_CONTAINER,
  effectiveNamespace,
  isClusterScoped,
  keyOfSecret,
  lineageOf,
  nameOfSecret,
  type SecretName,
  secretKey,
  subjectName,
  targetsOf,
} from "./object.ts";
export type * from "./object-model.ts";
export type * from "./pod-model.ts";
export type * from "./policy-model.ts";
export { rawOf } from "./raw.ts";
export { allows, isCovered } from "./rbac/allows.ts";
export { accountOf, firstByName } from "./rbac/principals.ts";
export type * from "./rbac-model.ts";
export type * from "./seccomp-model.ts";

/** An object that runs pods, or is one, whatever its kind. */
export interface Workload {
  readonly object: KubernetesObject;
  readonly origin: "kubernetes" | "compose";
  /** Empty for a Pod; `["spec", "template"]`, of a CronJob `["spec", "jobTemplate", "spec", "template"]`. */
  readonly templatePath: FieldPath;
  /** `[...templatePath, "spec"]`, where it has a template: what `containersOf` paths continue. */
  readonly podPath: FieldPath;
  readonly podMetadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly pod: PodSpec;
  readonly replicas?: number;
  /** Of a Deployment, StatefulSet or DaemonSet, as stated: how it exchanges its pods. */
  readonly strategy?: UpdateStrategy;
  /** `spec.selector.matchLabels`: what its controller picks its pods by. */
  readonly selector?: Readonly<Record<string, string>>;
  /** Of a StatefulSet: the Service by which its replicas find each other. */
  readonly serviceName?: string;
  /** Of a Pod that runs: `status.podIPs`, as the kubelet reported them. */
  readonly podAddresses?: readonly string[];
  /**
   * Of a kind that its own controller alone knows: found by its form. `part`: what it does not state that controller may
   * add, so that only what it states can be wrong. Absent: of a kind of the API.
   */
  readonly form?: "whole" | "part";
  /** What of its pods the object does not tell. */
  readonly untold?: readonly ManifestGap[];
  /** Of a Compose service, and only there. */
  readonly compose?: ComposeFacts;
}

/** `strategy`, or `updateStrategy` (Kubernetes API reference, DeploymentStrategy, StatefulSetUpdateStrategy v1 apps). */
export interface UpdateStrategy {
  /** `RollingUpdate` where none is stated, `Recreate`, `OnDelete`. */
  readonly type?: string;
  readonly maxUnavailable?: number | string;
  readonly maxSurge?: number | string;
}

export interface Namespace {
  readonly object: KubernetesObject;
  /** Values of the labels `pod-security.kubernetes.io/…`, as stated; valid or not. */
  readonly podSecurity: {
    readonly enforce?: string;
    readonly enforceVersion?: string;
    readonly warn?: string;
    readonly warnVersion?: string;
    readonly audit?: string;
    readonly auditVersion?: string;
  };
}

export interface ServiceAccount {
  readonly object: KubernetesObject;
  readonly automountServiceAccountToken?: boolean;
  readonly secrets: readonly string[];
  readonly imagePullSecrets: readonly string[];
}

/** Values are never kept. */
export interface Secret {
  readonly object: KubernetesObject;
  /** `Opaque` where none is stated, as the API server sets it. */
  readonly type: string;
  /** Of `data` and `stringData` together, sorted. */
  readonly keys: readonly string[];
  /** False where a cluster's Secret may have more: its managed fields do not name all. */
  readonly keysKnown?: false;
  readonly immutable?: boolean;
  /**
   * RFC 3339, of a cluster's Secret: when one who set values in it last changed anything of theirs. Its data is as old or
   * older. Absent of a file, where it is not known of all of its data, and where the server is older than 1.25.
   */
  readonly lastDataChange?: string;
}

export interface ConfigMap {
  readonly object: KubernetesObject;
  readonly data: Readonly<Record<string, string>>;
  readonly binaryKeys: readonly string[];
  readonly immutable?: boolean;
}

/** Everything that was read. Lists are in the order of the files, documents and items. */
export interface Manifests extends RbacObjects, NetworkObjects, PolicyObjects, SecretSources, ClusterFiles {
  /** All, of known kinds and unknown. A check looks here for kinds that have no list below, and for no others. */
  readonly objects: readonly KubernetesObject[];
  readonly workloads: readonly Workload[];
  readonly namespaces: readonly Namespace[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly secrets: readonly Secret[];
  readonly configMaps: readonly ConfigMap[];
  /** `group/Kind` (core: `Kind`) of what no field above holds → how many. */
  readonly unknownKinds: ReadonlyMap<string, number>;
  /** What could not be read, or only in part: nothing that it is about is a pass. */
  readonly gaps: readonly ManifestGap[];
}
