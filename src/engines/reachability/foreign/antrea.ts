/** Antrea's own policies: https://antrea.io/docs/main/docs/antrea-network-policy/ */
import { effectiveNamespace } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import type { PodSet } from "../pod-sets.ts";
import type { PolicyReading, Reading } from "../reading.ts";
import { type ForeignKind, podsOfNamespace, stagesWithRules, type Unknown, unknownKind } from "./unknown.ts";

const kind = (read: ForeignKind["read"]): ForeignKind => ({ enforcer: "Antrea", cni: "antrea", read });

export const antreaKinds: ReadonlyMap<string, ForeignKind> = new Map(
  ["crd.antrea.io", "security.antrea.tanzu.vmware.com"].flatMap((group) => [
    [`${group}/NetworkPolicy`, kind(unknownKind((reading, policy) => applied(reading, policy, true)))] as const,
    [`${group}/ClusterNetworkPolicy`, kind(unknownKind((reading, policy) => applied(reading, policy, false)))] as const,
  ]),
);

function applied(reading: Reading, policy: PolicyReading, isNamespaced: boolean): Unknown {
  const { spec } = policy;
  const namespace = isNamespaced ? (effectiveNamespace(policy.object) ?? "default") : undefined;
  const rules = [...spec.list("ingress"), ...spec.list("egress")];
  // The policy says what it is applied to, or each rule does.
  const items = [spec, ...rules].flatMap((one) => one.list("appliedTo"));
  const sets = items.map((item) => podsOf(reading, policy, item, namespace));
  return {
    subject: items.length === 0 ? podsOfNamespace(reading, namespace) : reading.podSets.union(sets),
    stages: stagesWithRules(policy),
    field: ["spec"],
    maySelectNodes: !isNamespaced,
  };
}

/** Of groups and services, which are objects of their own, all pods that they might mean. */
function podsOf(reading: Reading, policy: PolicyReading, item: Fields, namespace: string | undefined): PodSet {
  const { podSets } = reading;
  if (item.has("nodeSelector") || item.has("externalEntitySelector")) return podSets.none;
  if (item.has("group") || item.has("service")) return podsOfNamespace(reading, namespace);
  const account = item.fields("serviceAccount");
  if (account !== undefined) {
    const name = account.string("name");
    const place = account.string("namespace") ?? namespace;
    return podSets.where(
      `account ${place}/${name}`,
      (pod) => pod.serviceAccount === name && (place === undefined || pod.namespace === place),
    );
  }
  const selector = policy.selector(item.fields("namespaceSelector"));
  const namespaces = selector !== undefined ? { selector } : namespace === undefined ? undefined : { name: namespace };
  const choice = { namespaces, pods: policy.selector(item.fields("podSelector")) };
  return podSets.union([podSets.select(choice), podSets.mayBeSelected(choice)]);
}
