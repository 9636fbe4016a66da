/** What limits and admits objects, as facts. */
import type { KubernetesObject } from "./object-model.ts";

export interface PolicyObjects {
  readonly disruptionBudgets: readonly DisruptionBudget[];
  readonly resourceQuotas: readonly ResourceQuota[];
  readonly limitRanges: readonly LimitRange[];
  /** ValidatingWebhookConfiguration and MutatingWebhookConfiguration; `object.kind` tells. */
  readonly webhookConfigurations: readonly WebhookConfiguration[];
  /** ValidatingAdmissionPolicy and MutatingAdmissionPolicy. */
  readonly admissionPolicies: readonly AdmissionPolicy[];
  readonly admissionPolicyBindings: readonly AdmissionPolicyBinding[];
  readonly customResourceDefinitions: readonly CustomResourceDefinition[];
}

/** How many of its pods may be away at once by what somebody does (Kubernetes API reference, PodDisruptionBudget v1). */
export interface DisruptionBudget {
  readonly object: KubernetesObject;
  /** Absent: it states no selector, and selects no pod. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  /** Whether `matchExpressions` narrow it further. */
  readonly hasExpressions: boolean;
  /** A number of pods, or a percentage of them (`50%`). */
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}

export interface ResourceQuota {
  readonly object: KubernetesObject;
  readonly hard: Readonly<Record<string, string>>;
}

export interface LimitRange {
  readonly object: KubernetesObject;
  readonly limits: readonly {
    /** `Container`, `Pod`, `PersistentVolumeClaim`. */
    readonly type: string;
    readonly max: Readonly<Record<string, string>>;
    readonly min: Readonly<Record<string, string>>;
    readonly default: Readonly<Record<string, string>>;
    readonly defaultRequest: Readonly<Record<string, string>>;
  }[];
}

export interface WebhookConfiguration {
  readonly object: KubernetesObject;
  readonly webhooks: readonly Webhook[];
}

export interface Webhook {
  readonly name: string;
  /** `Fail` where none is stated in v1, as the API server sets it: absent here. */
  readonly failurePolicy?: string;
  readonly sideEffects?: string;
  readonly timeoutSeconds?: number;
  readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string };
  readonly url?: string;
  readonly rules: readonly AdmissionRule[];
  /** Whether any selector or condition leaves objects out. */
  readonly selects: {
    readonly namespaceSelector: boolean;
    readonly objectSelector: boolean;
    readonly matchConditions: boolean;
  };
}

export interface AdmissionRule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly scope?: string;
}

export interface AdmissionPolicy {
  readonly object: KubernetesObject;
  readonly failurePolicy?: string;
  readonly rules: readonly AdmissionRule[];
  readonly validations: readonly { readonly expression: string; readonly message?: string }[];
}

export interface AdmissionPolicyBinding {
  readonly object: KubernetesObject;
  readonly policyName: string;
  /** `Deny`, `Warn`, `Audit`. */
  readonly validationActions: readonly string[];
}

export interface CustomResourceDefinition {
  readonly object: KubernetesObject;
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope?: string;
  readonly versions: readonly string[];
}
