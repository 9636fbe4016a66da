/**
 * Policies that are recognised and not evaluated: what they select is unknown in the stages that they touch, never open or
 * closed. So is what a kind selects that nobody knows and that is called as policies are.
 */
import type { KubernetesObject } from "../kubernetes/model.ts";
import { antreaKinds } from "./foreign/antrea.ts";
import { calicoKinds } from "./foreign/calico.ts";
import { generatorKinds } from "./foreign/generators.ts";
import { otherNetworkKinds } from "./foreign/other-networks.ts";
import { type ForeignKind, networkStages, podsOfNamespace, sayUnknown } from "./foreign/unknown.ts";
import { otherCniGap } from "./other-cni.ts";
import type { Reading } from "./reading.ts";

const KINDS: ReadonlyMap<string, ForeignKind> = new Map([
  ...calicoKinds,
  ...antreaKinds,
  ...otherNetworkKinds,
  ...generatorKinds,
]);

/** What other readers read. */
const EVALUATED: ReadonlySet<string> = new Set([
  "networking.k8s.io/NetworkPolicy",
  "extensions/NetworkPolicy",
  "policy.networking.k8s.io/AdminNetworkPolicy",
  "policy.networking.k8s.io/BaselineAdminNetworkPolicy",
  "policy.networking.k8s.io/ClusterNetworkPolicy",
  "cilium.io/CiliumNetworkPolicy",
  "cilium.io/CiliumClusterwideNetworkPolicy",
  "security.istio.io/AuthorizationPolicy",
  "policy.linkerd.io/AuthorizationPolicy",
]);

const CALLED_AS_POLICIES = /(?:NetworkPolicy|NetworkPolicies|EgressFirewall|AuthorizationPolicy)$/;

export function readForeign(reading: Reading): void {
  for (const object of reading.manifests.objects) {
    const key = `${object.group}/${object.kind}`;
    const known = KINDS.get(key);
    if (known !== undefined) readKnown(reading, object, known);
    else if (CALLED_AS_POLICIES.test(object.kind) && !EVALUATED.has(key)) readUnknown(reading, object);
  }
}

function readKnown(reading: Reading, object: KubernetesObject, { enforcer, cni: wanted, read }: ForeignKind): void {
  const { cni } = reading.settings;
  if (wanted !== undefined && cni !== undefined && cni !== wanted) reading.gap(otherCniGap(object, enforcer, cni));
  else read(reading, object, enforcer);
}

/** Of a namespace, or, where it states none and may be of a kind without, of all. */
function readUnknown(reading: Reading, object: KubernetesObject): void {
  sayUnknown(reading, object, object.group === "" ? "The API" : object.group, {
    subject: podsOfNamespace(reading, object.namespace),
    stages: object.kind.endsWith("AuthorizationPolicy") ? ["mesh-authorization"] : networkStages,
    maySelectNodes: true,
  });
}
