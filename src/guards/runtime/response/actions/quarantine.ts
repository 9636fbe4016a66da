/** `quarantine`: a policy that is proven over all others of the cluster, then the pod's label, then the policy itself. */
import { isDeepStrictEqual } from "node:util";
import type { Policy } from "../../../../core/policy.ts";
import { Problem } from "../../../../core/problem.ts";
import type { PodFacts } from "../../../../engines/events/containers/model.ts";
import type { ClusterApi, Plain } from "../../../../engines/kubernetes/cluster/client.ts";
import type { ClusterConnection } from "../../../../engines/kubernetes/cluster/connection.ts";
import { pathOf } from "../../../../engines/kubernetes/cluster/paths.ts";
import { readCluster } from "../../../../engines/kubernetes/cluster/read.ts";
import {
  createObject,
  deleteObject,
  type NamedPlace,
  refusedReply,
} from "../../../../engines/kubernetes/cluster/writes.ts";
import { detectCni } from "../../../../engines/reachability/cni.ts";
import { enforcementOf } from "../../../../evaluate/kubernetes/network/enforcement.ts";
import {
  proveQuarantine,
  QUARANTINE_LABEL,
  type QuarantinedPod,
  type QuarantinePolicy,
  type QuarantineProof,
  quarantinePolicies,
} from "../../../../fix/network/quarantine.ts";
import type { ResponseRequest, Undo } from "../model.ts";
import { type Acted, notDone, type Prepared, settled } from "./action.ts";
import { labelOf, markPod, metadataOf, podTarget, readPod } from "./pod.ts";

export interface QuarantineContext {
  readonly api: ClusterApi;
  readonly connection: ClusterConnection;
  readonly policy: Policy;
}

/** What policies select and allow by. Settings of a CNI are in ConfigMaps, which are read where the policy does not say which it is. */
const LISTS = ["workloads", "namespaces", "services", "networkPolicies", "network"] as const;

/** @throws Problem with why it is not proven that the pod would be cut off */
export async function prepareQuarantine(
  request: ResponseRequest,
  facts: PodFacts,
  { api, connection, policy }: QuarantineContext,
): Promise<Prepared> {
  const target = podTarget(facts);
  const found = await readPod(api, facts);
  if (found === undefined) return settled(target, "gone", "the pod is gone");
  const pod: QuarantinedPod = { namespace: facts.namespace, name: facts.name, uid: facts.uid, object: found };
  if (labelOf(found, QUARANTINE_LABEL) === pod.uid && (await hasPolicy(api, pod))) {
    return settled(target, "unchanged", "the pod is in quarantine");
  }
  const { chosen, proof, by } = await proven(pod, target, { connection, policy });
  const reason = [
    `proven: none of ${proof.checked} other ends reaches it or is reached (${by})`,
    ...proof.exceptions,
  ].join("; ");
  return { target, reason, act: () => apply(api, pod, chosen, request) };
}

interface Proven {
  readonly chosen: QuarantinePolicy;
  readonly proof: QuarantineProof;
  /** Who enforces policies, and what says so. */
  readonly by: string;
}

async function proven(
  pod: QuarantinedPod,
  target: string,
  { connection, policy }: Pick<QuarantineContext, "connection" | "policy">,
): Promise<Proven> {
  const { manifests, daemonSets } = await readCluster(connection, {
    lists: policy.cluster.cni === undefined ? [...LISTS, "configMaps"] : LISTS,
  });
  const { settings, enforcement, gaps } = enforcementOf(policy, manifests, detectCni(manifests, daemonSets));
  if (enforcement.enforced !== "yes") {
    const why = gaps[0]?.reason ?? enforcement.by;
    const cause = `not proven: whether network policies are enforced is ${enforcement.enforced === "no" ? "known, and they are not" : "unknown"}: ${why}`;
    throw notDone(target, cause, "state cluster.cni in the policy");
  }
  // What was not listed may select the pod and allow it something.
  const unread = manifests.gaps.find(({ lists }) => lists?.some((list) => LISTS.some((one) => one === list)));
  if (unread !== undefined) throw notDone(target, `not proven: ${unread.reason}`, unread.remedy);
  const failures: string[] = [];
  for (const chosen of quarantinePolicies(pod, settings)) {
    const proof = proveQuarantine(manifests, settings, pod, chosen);
    if (proof.failures.length === 0) return { chosen, proof, by: enforcement.by };
    failures.push(...proof.failures);
  }
  throw notDone(target, `not proven: ${[...new Set(failures)].slice(0, 3).join("; ")}`);
}

async function apply(
  api: ClusterApi,
  pod: QuarantinedPod,
  chosen: QuarantinePolicy,
  request: ResponseRequest,
): Promise<Acted> {
  const target = podTarget(pod);
  const marked = await markPod(api, pod, { labels: { [QUARANTINE_LABEL]: pod.uid } });
  if (labelOf(marked, QUARANTINE_LABEL) !== pod.uid) throw notDone(target, "the API server took the label off again");
  const place = placeOf(pod, chosen.kind);
  const { name, ...folder } = place;
  const annotated = withRule(chosen.object, request.rule);
  let policyUid: unknown;
  try {
    const reply = await createObject(api, folder, annotated);
    // One of that name is from before: of a try whose answer was lost.
    const there = reply.status === 409 ? await api.get(pathOf(place)) : reply;
    if (there.status !== 200 && there.status !== 201)
      throw refusedReply(there, pathOf(place), `create ${place.resource}`);
    policyUid = metadataOf(there.body).uid;
    if (!isDeepStrictEqual(there.body.spec, chosen.object.spec)) {
      throw notDone(target, `the ${chosen.kind} that the API server has is not the one that was proven`);
    }
  } catch (error) {
    // A label without its policy would say what is not so.
    await markPod(api, pod, { labels: { [QUARANTINE_LABEL]: null } }).catch(() => undefined);
    throw error;
  }
  const undo: Undo = {
    kind: "quarantine",
    namespace: pod.namespace,
    pod: pod.name,
    uid: pod.uid,
    label: QUARANTINE_LABEL,
    policy: { kind: chosen.kind, name, uid: typeof policyUid === "string" ? policyUid : "" },
  };
  const resource = `${place.resource}.${place.group}`;
  return {
    undo,
    undoCommand: `kubectl -n ${pod.namespace} delete ${resource} ${name}; kubectl -n ${pod.namespace} label pod ${pod.name} ${QUARANTINE_LABEL}-`,
  };
}

async function hasPolicy(api: ClusterApi, pod: QuarantinedPod): Promise<boolean> {
  for (const kind of ["NetworkPolicy", "CiliumNetworkPolicy"] as const) {
    const path = pathOf(placeOf(pod, kind));
    const { status } = await api.get(path);
    if (status === 200) return true;
  }
  return false;
}

/** @throws Problem */
export async function undoQuarantine(api: ClusterApi, undo: Undo & { kind: "quarantine" }): Promise<void> {
  const { namespace, pod: name, uid, policy, label } = undo;
  const place = placeOf({ namespace, uid }, policy.kind);
  const reply = await deleteObject(api, place, policy.uid === "" ? undefined : policy.uid);
  const isDone = reply.status === 200 || reply.status === 202 || reply.status === 404;
  if (!isDone) throw refusedReply(reply, pathOf(place), `delete ${place.resource}`);
  try {
    await markPod(api, { namespace, name, uid }, { labels: { [label]: null } });
  } catch (error) {
    // The pod may have gone with its workload's next rollout.
    const reply = error instanceof Problem ? await api.get(pathOf({ ...POD, namespace, name })) : undefined;
    if (reply?.status !== 404) throw error;
  }
}

const POD = { group: "", version: "v1", resource: "pods" } as const;

function placeOf({ namespace, uid }: Pick<PodFacts, "namespace" | "uid">, kind: QuarantinePolicy["kind"]): NamedPlace {
  const name = `bulkhead-quarantine-${uid}`;
  return kind === "NetworkPolicy"
    ? { group: "networking.k8s.io", version: "v1", resource: "networkpolicies", namespace, name }
    : { group: "cilium.io", version: "v2", resource: "ciliumnetworkpolicies", namespace, name };
}

function withRule(object: Plain, rule: string): Plain {
  const metadata = metadataOf(object);
  return { ...object, metadata: { ...metadata, annotations: { "runtime.bulkhead.dev/alert-rule": rule } } };
}
