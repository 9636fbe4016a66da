/** Role-based access control (Kubernetes API reference, rbac.authorization.k8s.io/v1), as facts. */
import type { KubernetesObject } from "./object-model.ts";

export interface RbacObjects {
  /** Role and ClusterRole; `object.kind` tells. */
  readonly roles: readonly Role[];
  /** RoleBinding and ClusterRoleBinding; `object.kind` tells. */
  readonly bindings: readonly RoleBinding[];
}

export interface Role {
  readonly object: KubernetesObject;
  readonly rules: readonly PolicyRule[];
  /** Of a ClusterRole whose rules are those of the roles that any of these selects; absent where it is not aggregated. */
  readonly aggregationRule?: { readonly clusterRoleSelectors: readonly LabelSelector[] };
}

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export interface RoleBinding {
  readonly object: KubernetesObject;
  readonly roleRef: { readonly apiGroup?: string; readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
}

export interface Subject {
  /** `ServiceAccount`, `User`, `Group`. */
  readonly kind: string;
  readonly apiGroup?: string;
  readonly name: string;
  /** Of a ServiceAccount, as stated. */
  readonly namespace?: string;
}

/** All of it must hold; an empty selector selects everything. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    /** `In`, `NotIn`, `Exists`, `DoesNotExist`. */
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}
