import type { KubernetesObject } from "../object-model.ts";
import type {
  AdmissionPolicy,
  AdmissionPolicyBinding,
  AdmissionRule,
  CustomResourceDefinition,
  DisruptionBudget,
  LimitRange,
  ResourceQuota,
  WebhookConfiguration,
} from "../policy-model.ts";
import { type Fields, stated } from "./fields.ts";

export function readQuota(object: KubernetesObject, root: Fields): ResourceQuota {
  return { object, hard: root.fields("spec")?.quantities("hard") ?? {} };
}

export function readDisruptionBudget(object: KubernetesObject, root: Fields): DisruptionBudget {
  const spec = root.fields("spec");
  const selector = spec?.fields("selector");
  return stated({
    object,
    matchLabels: selector === undefined ? undefined : selector.stringMap("matchLabels"),
    hasExpressions: (selector?.list("matchExpressions").length ?? 0) > 0,
    minAvailable: spec?.integerOrString("minAvailable"),
    maxUnavailable: spec?.integerOrString("maxUnavailable"),
  });
}

export function readLimitRange(object: KubernetesObject, root: Fields): LimitRange {
  return {
    object,
    limits: (root.fields("spec")?.list("limits") ?? []).map((limit) => ({
      type: limit.string("type") ?? "",
      max: limit.quantities("max"),
      min: limit.quantities("min"),
      default: limit.quantities("default"),
      defaultRequest: limit.quantities("defaultRequest"),
    })),
  };
}

export function readWebhooks(object: KubernetesObject, root: Fields): WebhookConfiguration {
  return {
    object,
    webhooks: root.list("webhooks").map((webhook) => {
      const client = webhook.fields("clientConfig");
      const service = client?.fields("service");
      return stated({
        name: webhook.string("name") ?? "",
        failurePolicy: webhook.string("failurePolicy"),
        sideEffects: webhook.string("sideEffects"),
        timeoutSeconds: webhook.integer("timeoutSeconds"),
        service:
          service === undefined
            ? undefined
            : stated({
                namespace: service.string("namespace") ?? "",
                name: service.string("name") ?? "",
                path: service.string("path"),
              }),
        url: client?.string("url"),
        rules: webhook.list("rules").map(readRule),
        selects: {
          namespaceSelector: selects(webhook.fields("namespaceSelector")),
          objectSelector: selects(webhook.fields("objectSelector")),
          matchConditions: webhook.list("matchConditions").length > 0,
        },
      });
    }),
  };
}

/** An empty selector selects everything. */
function selects(selector: Fields | undefined): boolean {
  return (
    selector !== undefined &&
    (selector.list("matchExpressions").length > 0 || Object.keys(selector.stringMap("matchLabels")).length > 0)
  );
}

function readRule(rule: Fields): AdmissionRule {
  return stated({
    operations: rule.strings("operations"),
    apiGroups: rule.strings("apiGroups"),
    apiVersions: rule.strings("apiVersions"),
    resources: rule.strings("resources"),
    scope: rule.string("scope"),
  });
}

export function readAdmissionPolicy(object: KubernetesObject, root: Fields): AdmissionPolicy {
  const spec = root.fields("spec") ?? root.empty();
  return stated({
    object,
    failurePolicy: spec.string("failurePolicy"),
    rules: (spec.fields("matchConstraints")?.list("resourceRules") ?? []).map(readRule),
    validations: spec
      .list("validations")
      .map((validation) =>
        stated({ expression: validation.string("expression") ?? "", message: validation.string("message") }),
      ),
  });
}

export function readAdmissionPolicyBinding(object: KubernetesObject, root: Fields): AdmissionPolicyBinding {
  const spec = root.fields("spec");
  return {
    object,
    policyName: spec?.string("policyName") ?? "",
    validationActions: spec?.strings("validationActions") ?? [],
  };
}

export function readDefinition(object: KubernetesObject, root: Fields): CustomResourceDefinition {
  const spec = root.fields("spec") ?? root.empty();
  const names = spec.fields("names");
  return stated({
    object,
    group: spec.string("group") ?? "",
    kind: names?.string("kind") ?? "",
    plural: names?.string("plural") ?? "",
    scope: spec.string("scope"),
    versions: spec.list("versions").flatMap((version) => version.string("name") ?? []),
  });
}
