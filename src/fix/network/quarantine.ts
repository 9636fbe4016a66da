/** A policy that cuts one pod off, and the proof that with all others of the cluster it does, before anybody applies it. */
import { isObject } from "../../core/untyped.ts";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import { describeObject, type Manifests } from "../../engines/kubernetes/model.ts";
import type { ClusterSettings, Endpoint, Network, PodEndpoint } from "../../engines/reachability/model.ts";
import { readNetwork } from "../../engines/reachability/network.ts";
import { doubtsOf, reasonsOf } from "../../engines/reachability/queries/reasons.ts";
import { assumePods, isAssumed, mergeManifests } from "./assumed.ts";
import { MANAGED_BY } from "./network-policy.ts";

type Plain = Readonly<Record<string, unknown>>;

/** The label that a quarantined pod is selected by; its value is the pod's UID. */
export const QUARANTINE_LABEL = "runtime.bulkhead.dev/quarantine";

export interface QuarantinedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** As the API server has it. */
  readonly object: Plain;
}

export interface QuarantinePolicy {
  readonly kind: "NetworkPolicy" | "CiliumNetworkPolicy";
  readonly object: Plain;
}

/** Those that may do, the most common first: Cilium's denies what another policy allows. */
export function quarantinePolicies(pod: QuarantinedPod, { cni }: ClusterSettings): readonly QuarantinePolicy[] {
  const { namespace, name, uid } = pod;
  const metadata = {
    name: `bulkhead-quarantine-${uid}`,
    namespace,
    labels: MANAGED_BY,
    // It goes with the pod.
    ownerReferences: [{ apiVersion: "v1", kind: "Pod", name, uid }],
  };
  const selector = { matchLabels: { [QUARANTINE_LABEL]: uid } };
  const plain: QuarantinePolicy = {
    kind: "NetworkPolicy",
    object: {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: { podSelector: selector, policyTypes: ["Ingress", "Egress"] },
    },
  };
  if (cni !== "cilium") return [plain];
  const everyone = [{ fromEntities: ["all"] }];
  const spec = { endpointSelector: selector, ingressDeny: everyone, egressDeny: [{ toEntities: ["all"] }] };
  return [
    plain,
    {
      kind: "CiliumNetworkPolicy",
      object: { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy", metadata, spec },
    },
  ];
}

export interface QuarantineProof {
  /** Why it must not be relied on; empty: the pod is cut off. One sentence each, without a full stop. */
  readonly failures: readonly string[];
  /** Ends of connections that were looked at, in both directions. */
  readonly checked: number;
  /** What no policy closes: the pod's own node. */
  readonly exceptions: readonly string[];
}

const FAILURES = 5;

/**
 * Computes the network as it will be: the pod with its label, the policy, and everything else as it was read. Nothing may reach
 * the pod, and it nothing, on any port; what the model cannot tell is a failure.
 *
 * @param base - of the whole cluster: with a list that was not read it is unknown what its policies allow
 */
export function proveQuarantine(
  base: Manifests,
  settings: ClusterSettings,
  pod: QuarantinedPod,
  policy: QuarantinePolicy,
): QuarantineProof {
  const reader = manifestReader();
  const source = { kind: "cluster", cluster: "quarantine" } as const;
  reader.object(labeled(pod), source);
  reader.object(policy.object, source);
  const added = reader.manifests();
  const [gap] = added.gaps;
  if (gap !== undefined)
    return { failures: [`the pod or its policy cannot be read: ${gap.reason}`], checked: 0, exceptions: [] };
  const isThis = ({ kind, namespace, name }: { kind: string; namespace?: string; name: string }) =>
    kind === "Pod" && namespace === pod.namespace && name === pod.name;
  const others = { ...base, workloads: base.workloads.filter(({ object }) => !isThis(object)) };
  const network = readNetwork(mergeManifests(others, assumePods([], new Set([pod.namespace])), added), settings);
  const own = network.endpoints.findIndex((one) => one.kind === "pods" && isThis(one.workload.object));
  const endpoint = network.endpoints[own] as PodEndpoint | undefined;
  if (endpoint === undefined)
    return { failures: ["the pod is not in the network that was computed"], checked: 0, exceptions: [] };
  if (endpoint.host) {
    return { failures: ["it is on its node's network, where no policy selects it"], checked: 0, exceptions: [] };
  }
  const unread = network.gaps.flatMap(({ object, reason }) =>
    object === undefined || object.namespace === undefined || object.namespace === pod.namespace ? [reason] : [],
  );
  return checkEnds(
    network,
    own,
    [...new Set(unread)].map((reason) => `not all policies could be read: ${reason}`),
  );
}

function checkEnds(network: Network, own: number, unread: readonly string[]): QuarantineProof {
  const { endpoints, classes, portSets } = network;
  const failures = new Set<string>(unread.slice(0, FAILURES));
  let checked = 0;
  let node = false;
  for (const members of classes) {
    const first = members.find((one) => one !== own);
    if (first === undefined) continue;
    checked += members.length;
    for (const [from, to] of [
      [own, first],
      [first, own],
    ] as const) {
      const { allowed, unknown } = network.connection(from, to);
      if (allowed === portSets.none && unknown === portSets.none) continue;
      if (isNode(endpoints[first]) && !isAllowedByRule(network, from, to)) node = true;
      else if (failures.size < FAILURES) failures.add(failureOf(network, from, to));
    }
  }
  return {
    failures: [...failures],
    checked,
    exceptions: node ? ["its own node can still reach it, as for probes, and it may reach its node"] : [],
  };
}

/** What a pod's own node sends it is accepted whatever policies say (Kubernetes, "Network Policies"). */
function isNode(endpoint: Endpoint | undefined): boolean {
  return endpoint?.kind === "node" || (endpoint?.kind === "pods" && endpoint.host);
}

function isAllowedByRule(network: Network, from: number, to: number): boolean {
  const { stages } = reasonsOf(network, from, to, network.portSets.all);
  return stages.some(({ decisions }) =>
    decisions.some(({ outcome, rule }) => outcome === "allowed" && rule !== undefined),
  );
}

function failureOf(network: Network, from: number, to: number): string {
  const pair = `${nameOf(network.endpoints[from])} -> ${nameOf(network.endpoints[to])}`;
  const { allowed, stages } = reasonsOf(network, from, to, network.portSets.all);
  const rules = new Set(
    stages.flatMap(({ decisions }) =>
      decisions.flatMap(({ outcome, rule }) =>
        outcome === "allowed" && rule !== undefined ? [describeObject(rule.object)] : [],
      ),
    ),
  );
  if (allowed !== network.portSets.none) {
    const by = rules.size === 0 ? "" : `, allowed by ${[...rules].slice(0, 3).join(", ")}`;
    return `${pair} would still connect${by}`;
  }
  const doubts = new Set(doubtsOf(network, from, to, network.portSets.all).map(({ reason }) => reason));
  return `whether ${pair} would still connect is unknown: ${[...doubts].slice(0, 2).join("; ") || "nothing tells"}`;
}

function nameOf(endpoint: Endpoint | undefined): string {
  if (endpoint === undefined) return "?";
  if (isAssumed(endpoint.name)) return `any other pod of ${endpoint.kind === "pods" ? endpoint.namespace : ""}`;
  return endpoint.kind === "node" && endpoint.name === "" ? "a node" : endpoint.name;
}

/** By itself: what made it has others, which stay as they are. */
function labeled({ object, uid }: QuarantinedPod): Plain {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { ownerReferences: _, managedFields: __, ...own } = metadata;
  const labels = isObject(own.labels) ? own.labels : {};
  return {
    ...object,
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...own, labels: { ...labels, [QUARANTINE_LABEL]: uid } },
  };
}
