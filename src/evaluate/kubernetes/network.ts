/** Who can talk to whom, judged by every check over the network. Pure: what was read comes in. */
import { networkChecks } from "../../checks/lists/network.ts";
import { networkNamespaceChecks } from "../../checks/lists/network-namespace.ts";
import type { NetworkFacts, NetworkNamespaceFacts, NetworkPart } from "../../checks/subjects/network.ts";
import type { ClusterAsset } from "../../core/asset.ts";
import type { EvidenceFor } from "../../core/check.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import { runChecks } from "../../core/runner.ts";
import {
  effectiveNamespace,
  isClusterScoped,
  type KubernetesObject,
  type Manifests,
  type Workload,
} from "../../engines/kubernetes/model.ts";
import type { DetectedCni } from "../../engines/reachability/cni.ts";
import type { Network } from "../../engines/reachability/model.ts";
import { readNetwork } from "../../engines/reachability/network.ts";
import { namespaceAsset, namespacesInSeveralFiles } from "./assets.ts";
import { type ListGaps, listGapsApart } from "./list-gaps.ts";
import { type ManifestGaps, manifestGaps } from "./manifest-gaps.ts";
import { type FoundNamespace, isSystemNamespace, namespacesOf } from "./namespaces.ts";
import { enforcementOf, type KnownEnforcement } from "./network/enforcement.ts";
import { namespaceNetwork } from "./network/namespace-network.ts";
import { policyFacts } from "./network/policy-facts.ts";
import { statedTwice } from "./network/several.ts";
import { trustedInternet } from "./network/trusted-egress.ts";
import { workloadReach } from "./network/workload-reach.ts";
import type { ManifestsContext } from "./workloads.ts";

export interface NetworkContext extends Pick<ManifestsContext, "policy" | "now" | "scope"> {
  /** Of a live cluster. */
  readonly cni?: DetectedCni;
}

export interface EvaluatedNetwork {
  readonly evaluations: readonly Evaluation[];
  readonly notes: readonly string[];
  /** What was judged; absent where nothing was. */
  readonly network?: Pick<Ground, "network"> & { readonly enforced: KnownEnforcement["enforcement"]["enforced"] };
}

/** Lists of a cluster that it rests on; `network` is what nothing else reads (cluster/resources.ts). */
const LISTS = ["workloads", "namespaces", "networkPolicies", "services", "objects", "network"] as const;

export function evaluateNetwork(all: Manifests, context: NetworkContext): EvaluatedNetwork {
  const { manifests, short } = listGapsApart(all);
  const known = enforcementOf(context.policy, manifests, context.cni);
  const network = readNetwork(manifests, known.settings);
  const ground: Ground = { network, manifests, known, short, gaps: manifestGaps(manifests), context };
  const whole = evaluateWhole(ground);
  return {
    evaluations: [...evaluateNamespaces(ground), ...whole.evaluations],
    notes: [...enforcementNotes(known, context), ...whole.notes],
    network: { network, enforced: known.enforcement.enforced },
  };
}

interface Ground {
  readonly network: Network;
  readonly manifests: Manifests;
  readonly known: KnownEnforcement;
  readonly short: ListGaps;
  readonly gaps: ManifestGaps;
  readonly context: NetworkContext;
}

function* evaluateNamespaces(ground: Ground): Generator<Evaluation> {
  const { network, manifests, context } = ground;
  const reach = workloadReach(network, manifests, trustedInternet(context.policy));
  const byWorkload = endpointsByWorkload(network);
  const policies = policyObjects(network);
  const twice = statedTwice([
    ...manifests.namespaces.map(({ object }) => object),
    ...manifests.workloads.map(({ object }) => object),
    ...policies,
  ]);
  const several = namespacesInSeveralFiles(manifests);
  for (const found of namespacesOf(manifests)) {
    if (isSystemNamespace(found.name)) continue;
    const endpoints = [...new Set(found.workloads.flatMap((workload) => byWorkload.get(workload) ?? []))];
    const object = found.namespace?.object ?? found.workloads[0]?.object;
    if (object === undefined || endpoints.length === 0) continue;
    const computed = namespaceNetwork(network, { name: found.name, object, endpoints }, reach);
    const doubts = [...ground.known.untrusted, ...[twice.get(found.name)].filter((gap) => gap !== undefined)];
    const own = policies.filter((policy) => isAbout(policy, found.name));
    yield* evaluateNamespace(ground, found, { computed, doubts, policies: own, several });
  }
}

interface NamespaceGround {
  readonly computed: ReturnType<typeof namespaceNetwork>;
  readonly doubts: readonly Gap[];
  readonly policies: readonly KubernetesObject[];
  readonly several: ReadonlySet<string>;
}

function evaluateNamespace(
  { known, short, gaps, context }: Ground,
  found: FoundNamespace,
  { computed, doubts, policies, several }: NamespaceGround,
): Evaluation[] {
  const { policy, now } = context;
  const observedAt = now.toISOString();
  const unread = [...gaps.around([...found.workloads.map(({ object }) => object), ...policies]), ...short.of(LISTS)];
  const { network, unknown } = computed;
  const part = (name: NetworkPart) => present(network, observedAt, { gaps: [...doubts, ...unknown[name], ...unread] });
  const evidence: EvidenceFor<NetworkNamespaceFacts> = {
    isolation: present(network, observedAt, { gaps: [...doubts, ...unknown.isolation] }),
    outside: part("outside"),
    foreign: part("foreign"),
    dns: part("dns"),
    policies: present(policies, observedAt, { gaps: unread }),
    enforcement: present(known.enforcement, observedAt, { gaps: known.gaps }),
  };
  const isolated = (direction: "ingress" | "egress") =>
    String(network.workloads.filter((workload) => workload[direction].isolated === "yes").length);
  const looked = {
    workloads: String(network.workloads.length),
    "isolated for ingress": isolated("ingress"),
    "isolated for egress": isolated("egress"),
    policies: String(policies.length),
    enforced: known.enforcement.by,
  };
  return runChecks<NetworkNamespaceFacts>(networkNamespaceChecks, evidence, {
    asset: namespaceAsset(found, several),
    policy,
    now,
    evidence: looked,
  });
}

function evaluateWhole({ network, manifests, short, gaps, context }: Ground): EvaluatedNetwork {
  const { policy, now, scope, cni } = context;
  const observedAt = now.toISOString();
  const { policies, unenforced, tooMany } = policyFacts(network, cni !== undefined);
  const objects = [...manifests.workloads.map(({ object }) => object), ...policies.map(({ object }) => object)];
  const unread = [...gaps.around(objects), ...short.of(LISTS), ...network.gaps.map(networkGap)];
  const evidence: EvidenceFor<NetworkFacts> = {
    policies: present(policies, observedAt, { gaps: unread }),
    unenforced: present(unenforced, observedAt),
  };
  const asset: ClusterAsset = { kind: "cluster", id: scope, lineage: scope, name: scope };
  const looked = { policies: String(policies.length) };
  return {
    evaluations: runChecks<NetworkFacts>(networkChecks, evidence, { asset, policy, now, evidence: looked }),
    notes: tooMany ? ["too many kinds of pods to tell which network policies have no effect beside others"] : [],
  };
}

function networkGap({ code, reason, remedy, object }: Network["gaps"][number]): Gap {
  const place = object === undefined ? "" : `${object.kind} ${object.namespace ?? ""}/${object.name}: `;
  return { code, reason: `${place}${reason}`, ...(remedy === undefined ? {} : { remedy }) };
}

function enforcementNotes({ enforcement }: KnownEnforcement, { cni }: NetworkContext): string[] {
  const { encryption } = cni ?? {};
  return [
    ...(cni === undefined ? [] : [`network policies: ${enforcement.by}`]),
    ...(encryption === undefined
      ? []
      : [`${encryption} encrypts traffic between nodes, which is not mTLS between workloads`]),
  ];
}

/** Alike pods of one owner are one endpoint, which has the first of them. */
function endpointsByWorkload({ endpoints }: Network): ReadonlyMap<Workload, readonly number[]> {
  const found = new Map<Workload, number[]>();
  for (const [index, endpoint] of endpoints.entries()) {
    if (endpoint.kind !== "pods") continue;
    const listed = found.get(endpoint.workload);
    if (listed === undefined) found.set(endpoint.workload, [index]);
    else listed.push(index);
  }
  return found;
}

function policyObjects({ rules }: Network): readonly KubernetesObject[] {
  return [...new Set(rules.map(({ object }) => object))];
}

function isAbout(policy: KubernetesObject, namespace: string): boolean {
  const isOfOne = policy.namespace !== undefined || (policy.kind === "NetworkPolicy" && !isClusterScoped(policy));
  return !isOfOne || effectiveNamespace(policy) === namespace;
}
