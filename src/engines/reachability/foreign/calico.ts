/** Calico's own policies: which pods they select, and in which directions. What they do to those is not evaluated. */
import { effectiveNamespace } from "../../kubernetes/model.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { PolicyReading, Reading } from "../reading.ts";
import type { StageName } from "../rule-model.ts";
import { type Answer, type CalicoSelector, type LabelLookup, parseCalicoSelector } from "./calico-selector.ts";
import { type ForeignKind, notEvaluated, type Unknown, unknownKind, withoutEffect } from "./unknown.ts";

const kind = (read: ForeignKind["read"]): ForeignKind => ({ enforcer: "Calico", cni: "calico", read });
const staged = kind(withoutEffect("a staged policy is not enforced, it only shows what it would do"));
// What policies refer to: they are unknown themselves.
const silent: ForeignKind = { enforcer: "Calico", read: () => {} };

export const calicoKinds: ReadonlyMap<string, ForeignKind> = new Map(
  ["projectcalico.org", "crd.projectcalico.org"].flatMap((group) =>
    Object.entries({
      NetworkPolicy: kind(unknownKind(namespaced)),
      GlobalNetworkPolicy: kind(unknownKind(global)),
      StagedNetworkPolicy: staged,
      StagedGlobalNetworkPolicy: staged,
      StagedKubernetesNetworkPolicy: staged,
      HostEndpoint: kind(notEvaluated("it has Calico hold policies against a node, for which none are evaluated")),
      Tier: silent,
      NetworkSet: silent,
      GlobalNetworkSet: silent,
    }).map(([name, one]) => [`${group}/${name}`, one] as const),
  ),
);

const NAMESPACE = "projectcalico.org/namespace";
const NAMESPACE_PREFIX = "pcns.";
const ACCOUNT_PREFIX = "pcsa.";
const NAME = "projectcalico.org/name";

function namespaced(reading: Reading, policy: PolicyReading): Unknown {
  const namespace = effectiveNamespace(policy.object) ?? "default";
  return selected(reading, policy, namespace, ["selector", "serviceAccountSelector"]);
}

function global(reading: Reading, policy: PolicyReading): Unknown {
  const { spec } = policy;
  // Held where traffic enters a node, whichever pod it goes to.
  if (spec.boolean("preDNAT") === true || spec.boolean("doNotTrack") === true) {
    return { subject: reading.podSets.all, stages: stagesOf(policy), field: ["spec"], maySelectNodes: true };
  }
  const fields = ["selector", "namespaceSelector", "serviceAccountSelector"] as const;
  return { ...selected(reading, policy, undefined, fields), maySelectNodes: true };
}

const PREFIXES = { selector: "", namespaceSelector: NAMESPACE_PREFIX, serviceAccountSelector: ACCOUNT_PREFIX } as const;

/** Pods that it selects or may select; all of its scope where a selector cannot be read. */
function selected(
  reading: Reading,
  policy: PolicyReading,
  namespace: string | undefined,
  fields: readonly (keyof typeof PREFIXES)[],
): Unknown {
  const parts: { readonly selector: CalicoSelector; readonly prefix: string }[] = [];
  for (const name of fields) {
    const selector = parseCalicoSelector(policy.spec.string(name) ?? "");
    if (selector === undefined) policy.refuse(`spec.${name} is not a selector of Calico`);
    else parts.push({ selector, prefix: PREFIXES[name] });
  }
  const labelsOf = createLabels(reading);
  const holds = (pod: PodEndpoint): Answer => {
    // A pod on its node's network is no endpoint of Calico's.
    if (pod.host || (namespace !== undefined && pod.namespace !== namespace)) return false;
    const labels = labelsOf(pod);
    const answers = parts.map(({ selector, prefix }) => selector((label) => labels(`${prefix}${label}`)));
    return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
  };
  const key = JSON.stringify([namespace, ...fields.map((name) => policy.spec.string(name) ?? "")]);
  return {
    subject: reading.podSets.where(`calico ${key}`, (pod) => holds(pod) !== false),
    stages: stagesOf(policy),
    field: ["spec"],
  };
}

/**
 * Of a pod: its own, and those of its namespace and service account behind a prefix (libcalico-go,
 * lib/backend/k8s/conversion).
 */
function createLabels({ manifests }: Reading): (pod: PodEndpoint) => LabelLookup {
  const readNamespaces = new Set(manifests.namespaces.map(({ object }) => object.name));
  const accounts = new Map(
    manifests.serviceAccounts.map(({ object }) => [`${effectiveNamespace(object)}/${object.name}`, object.labels]),
  );
  return (pod) => (label) => {
    if (label === NAMESPACE) return pod.namespace;
    if (label === "projectcalico.org/orchestrator") return "k8s";
    if (label === "projectcalico.org/serviceaccount")
      return pod.serviceAccount.length < 63 ? pod.serviceAccount : undefined;
    if (Object.hasOwn(pod.labels, label)) return pod.labels[label];
    if (label.startsWith(NAMESPACE_PREFIX)) {
      const own = label.slice(NAMESPACE_PREFIX.length);
      if (own === NAME) return pod.namespace;
      return of(pod.namespaceLabels, own) ?? (readNamespaces.has(pod.namespace) ? undefined : null);
    }
    if (label.startsWith(ACCOUNT_PREFIX)) {
      const own = label.slice(ACCOUNT_PREFIX.length);
      if (own === NAME) return pod.serviceAccount;
      const account = accounts.get(`${pod.namespace}/${pod.serviceAccount}`);
      return account === undefined ? null : of(account, own);
    }
    // Other variants of Calico have more labels of their own.
    return label.startsWith("projectcalico.org/") ? null : undefined;
  };
}

function of(labels: Readonly<Record<string, string>>, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}

/** Where types are not stated: Egress where there are rules for it, Ingress where there are, or none for Egress. */
function stagesOf({ spec, refuse }: PolicyReading): readonly StageName[] {
  const types = spec.strings("types");
  for (const type of types) {
    if (type !== "Ingress" && type !== "Egress") refuse(`spec.types: ${type} is neither Ingress nor Egress`);
  }
  const hasEgress = types.length > 0 ? types.includes("Egress") : spec.list("egress").length > 0;
  const hasIngress = types.length > 0 ? types.includes("Ingress") : spec.list("ingress").length > 0 || !hasEgress;
  return [...(hasIngress ? (["network-ingress"] as const) : []), ...(hasEgress ? (["network-egress"] as const) : [])];
}
