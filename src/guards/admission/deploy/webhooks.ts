/** What the API server is told: which requests it asks about, whom, and what holds where nobody answers. */
import type { Plain } from "../../../formats/yaml/write.ts";
import type { Comments, CustomKind, DeployObject, DeploySettings } from "./model.ts";
import { ALWAYS_EXCLUDED, labels, names } from "./names.ts";

type Rule = { readonly [key: string]: Plain };

/**
 * Every kind of the API that runs pods. A rule for pods matches none of their subresources, so that each is named: an
 * ephemeral container comes by `pods/ephemeralcontainers`. Deletions are not asked about: nothing that ends can be refused.
 */
const KINDS: readonly Rule[] = [
  rule(
    "",
    "v1",
    ["pods", "pods/ephemeralcontainers", "pods/resize", "podtemplates", "replicationcontrollers"],
    ["CREATE", "UPDATE"],
  ),
  rule("apps", "v1", ["deployments", "daemonsets", "statefulsets", "replicasets"], ["CREATE", "UPDATE"]),
  rule("batch", "v1", ["jobs", "cronjobs"], ["CREATE", "UPDATE"]),
];

/** Digests are written into Pods alone by default: what somebody wrote stays as it is. */
const PODS: Rule = rule("", "v1", ["pods", "pods/ephemeralcontainers"], ["CREATE", "UPDATE"]);

function rule(group: string, version: string, resources: readonly string[], operations: readonly string[]): Rule {
  return { apiGroups: [group], apiVersions: [version], operations, resources, scope: "Namespaced" };
}

/** None where no digest is written. */
export function mutatingConfigurations(settings: DeploySettings, comments: Comments): DeployObject[] {
  if (settings.pin === "off") return [];
  return [mutatingConfiguration(settings, comments)];
}

function mutatingConfiguration(settings: DeploySettings, comments: Comments): DeployObject {
  const rules = settings.pin === "all" ? [...KINDS, ...settings.kinds.map(customRule)] : [PODS];
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: metadataOf(settings),
    webhooks: [
      {
        ...webhook(settings, { name: names.mutating, path: "/mutate", rules }, comments),
        // Once more where another webhook added a container afterwards.
        reinvocationPolicy: "IfNeeded",
      },
    ],
  };
}

export function validatingConfiguration(settings: DeploySettings, comments: Comments): DeployObject {
  const rules = [...KINDS, ...settings.kinds.map(customRule)];
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: metadataOf(settings),
    webhooks: [
      webhook(settings, { name: names.validating, path: "/validate", rules }, comments),
      ...(settings.asksForExcluded ? [excludedWebhook(settings, rules, comments)] : []),
    ],
  };
}

function customRule({ group, version, resource }: CustomKind): Rule {
  return rule(group, version, [resource], ["CREATE", "UPDATE"]);
}

/** Whoever owns a namespace can give it labels, but not this one: the API server sets it, and refuses a change. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** `kube-system`, the guard's own, and what else is named; sorted, each once. */
export function excludedNamespaces({ namespace, excluded }: DeploySettings): string[] {
  return [...new Set([...ALWAYS_EXCLUDED, namespace, ...excluded])].sort();
}

function webhook(
  settings: DeploySettings,
  { name, path, rules }: { readonly name: string; readonly path: string; readonly rules: readonly Rule[] },
  comments: Comments,
) {
  const namespaceSelector = {
    matchExpressions: [{ key: NAME_LABEL, operator: "NotIn", values: excludedNamespaces(settings) }],
  };
  comments.set(namespaceSelector, [
    "What makes a cluster stand up again, and Bulkhead itself, never wait for Bulkhead.",
    "By name: labels of their own would let namespaces exempt themselves.",
  ]);
  return {
    name,
    admissionReviewVersions: ["v1"],
    sideEffects: "None",
    failurePolicy: settings.failurePolicy,
    matchPolicy: "Equivalent",
    timeoutSeconds: settings.timeoutSeconds,
    clientConfig: { service: { namespace: settings.namespace, name: names.component, path, port: 443 } },
    namespaceSelector,
    rules,
  };
}

/** Admits where nobody answers, and soon: nodes and their proxies start here. */
function excludedWebhook(settings: DeploySettings, rules: readonly Rule[], comments: Comments) {
  const values = excludedNamespaces(settings).filter((name) => name !== settings.namespace);
  const namespaceSelector = { matchExpressions: [{ key: NAME_LABEL, operator: "In", values }] };
  comments.set(namespaceSelector, [
    "Fails open: say in the policy what happens here (enforcement.admission.namespaces), best warn.",
  ]);
  const asked = webhook(settings, { name: names.excluded, path: "/validate", rules }, new Map());
  return { ...asked, failurePolicy: "Ignore", timeoutSeconds: Math.min(settings.timeoutSeconds, 3), namespaceSelector };
}

function metadataOf(settings: DeploySettings) {
  const injects = settings.certificates === "cert-manager";
  return {
    name: names.cluster,
    labels: labels(),
    ...(injects
      ? { annotations: { "cert-manager.io/inject-ca-from": `${settings.namespace}/${names.component}` } }
      : {}),
  };
}
