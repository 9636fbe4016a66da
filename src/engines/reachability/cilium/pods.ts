/** Which pods an endpoint selector picks. */
import type { PodEndpoint } from "../endpoint-model.ts";
import type { PodChoice, PodSet } from "../pod-sets.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";
import { type Requirement, selectorOf } from "../selector.ts";
import type { CiliumConfig } from "./config.ts";
import {
  asksFor,
  type EndpointSelector,
  endpointSelectorOf,
  type IdentityLabels,
  type LabelRequirement,
  matchesIdentity,
} from "./endpoint-selector.ts";

const NAMESPACE = "io.kubernetes.pod.namespace";
const NAMESPACE_LABELS = "io.cilium.k8s.namespace.labels.";
const SERVICE_ACCOUNT = "io.cilium.k8s.policy.serviceaccount";
const CLUSTER = "io.cilium.k8s.policy.cluster";

export interface PickedPods {
  readonly sure: PodSet;
  /** Beside those: what was read does not tell whether they are picked. */
  readonly maybe: PodSet;
}

export const unreadLabels: Doubt = {
  code: "network.cilium-labels",
  reason: "the selector uses labels whose values depend on namespaces or a Cilium configuration that was not read",
  remedy: "add the Namespace objects and the ConfigMap cilium-config to what is read",
};

/** Pods on their nodes' network are their nodes to Cilium, and none of its endpoints. */
export function createPodPicker(reading: Reading, config: CiliumConfig): (selector: EndpointSelector) => PickedPods {
  const readNamespaces = new Set(reading.manifests.namespaces.map(({ object }) => object.name));
  const { podSets } = reading;
  const hosts = podSets.where("on their node's network", ({ host }) => host);
  const picked = new Map<string, PickedPods>();
  return (selector) => {
    const found = picked.get(selector.key) ?? pick(selector);
    picked.set(selector.key, found);
    return found;
  };

  function pick(selector: EndpointSelector): PickedPods {
    const choice = plainChoice(selector);
    if (choice !== undefined) return { sure: podSets.subtract(podSets.select(choice), hosts), maybe: podSets.none };
    const answer = (pod: PodEndpoint) => (pod.host ? false : matchesIdentity(selector, labelsOf(pod)));
    return {
      sure: podSets.where(`cilium ${selector.key}`, (pod) => answer(pod) === true),
      maybe: podSets.where(`cilium? ${selector.key}`, (pod) => answer(pod) === undefined),
    };
  }

  /** As the API's own selectors say it, for which there is an index: most of them. */
  function plainChoice({ requirements }: EndpointSelector): PodChoice | undefined {
    const names: string[] = [];
    const others: Requirement[] = [];
    for (const { source, label, operator, values } of requirements) {
      if (source !== "any" && source !== "k8s") return undefined;
      const [value] = values;
      if (label === NAMESPACE) {
        if (operator === "Exists") continue;
        if (operator !== "In" || value === undefined || values.length > 1) return undefined;
        names.push(value);
      } else if (isSpecial(label) || config.labels(label) !== true) return undefined;
      else others.push({ label, operator, values });
    }
    const [name, ...more] = names;
    if (more.some((one) => one !== name)) return undefined;
    const namespaces = name === undefined ? undefined : { name };
    return { namespaces, pods: others.length === 0 ? undefined : selectorOf(others) };
  }

  function labelsOf(pod: PodEndpoint): IdentityLabels {
    return (source, label) => {
      if (source === "reserved") return undefined;
      if (source !== "any" && source !== "k8s") return null;
      if (label === NAMESPACE) return pod.namespace;
      if (label === SERVICE_ACCOUNT) return counted(label, pod.serviceAccount);
      if (label === CLUSTER) return config.clusterName ?? null;
      if (label.startsWith(NAMESPACE_LABELS)) return namespaceLabel(pod, label.slice(NAMESPACE_LABELS.length));
      return counted(label, Object.hasOwn(pod.labels, label) ? pod.labels[label] : undefined);
    };
  }

  /** A label that the agents leave out of identities is one that the pod does not have. */
  function counted(label: string, value: string | undefined): string | undefined | null {
    if (value === undefined) return undefined;
    const counts = config.labels(label);
    return counts === undefined ? null : counts ? value : undefined;
  }

  function namespaceLabel({ namespace, namespaceLabels }: PodEndpoint, label: string): string | undefined | null {
    if (Object.hasOwn(namespaceLabels, label)) return counted(`${NAMESPACE_LABELS}${label}`, namespaceLabels[label]);
    return readNamespaces.has(namespace) ? undefined : null;
  }
}

function isSpecial(label: string): boolean {
  return label === SERVICE_ACCOUNT || label === CLUSTER || label.startsWith(NAMESPACE_LABELS);
}

/**
 * A policy of a namespace is about its pods alone: another namespace that its selector states with the source k8s (`k8s:`)
 * is replaced, as the agents do with a warning.
 */
export function subjectSelector(selector: EndpointSelector, namespace: string | undefined): EndpointSelector {
  if (namespace === undefined) return selector;
  const others = selector.requirements.filter(
    ({ source, label, operator }) => !(source === "k8s" && label === NAMESPACE && operator === "In"),
  );
  return endpointSelectorOf([...others, inNamespace(namespace)]);
}

/**
 * A peer's selector is about the policy's namespace, unless it asks for a namespace or its labels; of a cluster-wide policy
 * about all pods. One with a reserved label is taken as it is, and picks what is no pod too. (getEndpointSelector of
 * Cilium's pkg/k8s/apis/cilium.io/utils. Its documentation has labels of namespaces ignored in a namespace's policies, its
 * code and the tests of it honor them.)
 */
export function peerSelector(selector: EndpointSelector, namespace: string | undefined): EndpointSelector {
  if (selector.requirements.some(({ source }) => source === "reserved") || asksFor(selector, NAMESPACE))
    return selector;
  if (namespace === undefined) {
    const inSome: LabelRequirement = { source: "k8s", label: NAMESPACE, operator: "Exists", values: [] };
    return endpointSelectorOf([...selector.requirements, inSome]);
  }
  if (asksFor(selector, NAMESPACE_LABELS)) return selector;
  return endpointSelectorOf([...selector.requirements, inNamespace(namespace)]);
}

export function inNamespace(namespace: string): LabelRequirement {
  return { source: "k8s", label: NAMESPACE, operator: "In", values: [namespace] };
}
