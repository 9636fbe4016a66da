/** Who can talk to whom, judged by every check over the network. Pure: what was read comes in. */
import { networkChecks } from "../../checks/lists/network.ts";
import { networkNamespaceChecks } from "../../checks/lists/network-namespace.ts";
import type { NetworkFacts, NetworkNamespaceFacts, NetworkPart } from "../../checks/subjects/network.ts";
import type { ClusterAsset } from "../../core/asset.ts";
import type { EvidenceFor } from "../../core/check.ts";
import type { WorkloadReach } from "../../core/context.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Relation } from "../../core/relation.ts";
import { runChecks } from "../../core/runner.ts";
import {
  effectiveNamespace,
  isClusterScoped,
  type KubernetesObject,
  type Manifests,
  type Workload,
} from "../../engines/kubernetes/model.ts";
import type { DetectedCni } from "../../engines/reachability/cni.ts";
import { exposuresOf } from "../../engines/reachability/exposure/exposures.ts";
import type { Exposure, Network } from "../../engines/reachability/model.ts";
import { readNetwork } from "../../engines/reachability/network.ts";
import { namespaceAsset, namespacesInSeveralFiles } from "./assets.ts";
import { type ListGaps, splitListGaps } from "./list-gaps.ts";
import { type ManifestGaps, manifestGaps } from "./manifest-gaps.ts";
import { type FoundNamespace, isSystemNamespace, namespacesOf } from "./namespaces.ts";
import { heldAssertions, type IntendedFile } from "./network/assertions.ts";
import { enforcementOf, type KnownEnforcement } from "./network/enforcement.ts";
import { exposedPorts } from "./network/exposed-ports.ts";
import { meshFaults } from "./network/mesh-faults.ts";
import { namespaceNetwork } from "./network/namespace-network.ts";
import { type Overview, overviewOf } from "./network/overview.ts";
import { policyFacts } from "./network/policy-facts.ts";
import { workloadsReached } from "./network/reached.ts";
import { networkRelations } from "./network/relations.ts";
import { statedTwice } from "./network/several.ts";
import { trustedInternet } from "./network/trusted-egress.ts";
import { workloadReach } from "./network/workload-reach.ts";
import type { ManifestsContext } from "./workloads.ts";

export interface NetworkContext extends Pick<ManifestsContext, "policy" | "now" | "scope"> {
  /** Of a live cluster. */
  readonly cni?: DetectedCni;
  /** What `network.intended` of the policy names; absent: nothing. */
  readonly intended?: IntendedFile;
}

export interface EvaluatedNetwork {
  readonly evaluations: readonly Evaluation[];
  readonly relations: readonly Relation[];
  /** Who gets to each workload. */
  readonly reach: readonly WorkloadReach[];
  readonly notes: readonly string[];
  /** What was judged; absent where nothing was. */
  readonly network?: Pick<Ground, "network"> & { readonly enforced: KnownEnforcement["enforcement"]["enforced"] };
}

/** Lists of a cluster that it rests on; `network` is what nothing else reads (cluster/resources.ts). */
const LISTS = ["workloads", "namespaces", "networkPolicies", "services", "objects", "network"] as const;

export function evaluateNetwork(all: Manifests, context: NetworkContext): EvaluatedNetwork {
  const { manifests, short } = splitListGaps(all);
  const known = enforcementOf(context.policy, manifests, context.cni);
  // With the gaps of lists: policies that were refused leave connections unknown.
  const network = readNetwork(all, known.settings);
  const ground: Ground = { network, manifests, known, short, gaps: manifestGaps(manifests), context };
  const exposures = exposuresOf(network);
  const whole = evaluateWhole(ground, exposures);
  const overview = overviewOf(network);
  const { enforced } = known.enforcement;
  const unread = [...short.of(LISTS), ...ground.gaps.around(manifests.workloads.map(({ object }) => object))][0]
    ?.reason;
  return {
    evaluations: [...evaluateNamespaces(ground, overview), ...whole.evaluations],
    reach: workloadsReached(network, exposures, overview.reached, {
      now: context.now,
      enforced,
      isCluster: manifests.objects.some(({ source }) => source.kind === "cluster"),
      ...(unread === undefined ? {} : { unread }),
    }),
    relations: networkRelations(network, exposures, context),
    notes: [...enforcementNotes(network, known, context), ...whole.notes],
    network: { network, enforced: known.enforcement.enforced },
  };
}

const MESHES: ReadonlySet<string> = new Set(["security.istio.io", "networking.istio.io", "policy.linkerd.io"]);

interface Ground {
  readonly network: Network;
  readonly manifests: Manifests;
  readonly known: KnownEnforcement;
  readonly short: ListGaps;
  readonly gaps: ManifestGaps;
  readonly context: NetworkContext;
}

function* evaluateNamespaces(ground: Ground, overview: Overview): Generator<Evaluation> {
  const { network, manifests, context } = ground;
  const reach = workloadReach(network, manifests, {
    outside: overview.outside,
    trustedInternet: trustedInternet(context.policy),
  });
  const byWorkload = endpointsByWorkload(network);
  const policies = policyObjects(network);
  const twice = statedTwice([
    ...manifests.namespaces.map(({ object }) => object),
    ...manifests.workloads.map(({ object }) => object),
    ...policies,
    ...manifests.objects.filter(({ group }) => MESHES.has(group)),
  ]);
  const several = namespacesInSeveralFiles(manifests);
  for (const found of namespacesOf(manifests)) {
    if (isSystemNamespace(found.name)) continue;
    const endpoints = [...new Set(found.workloads.flatMap((workload) => byWorkload.get(workload) ?? []))];
    const object = found.namespace?.object ?? found.workloads[0]?.object;
    if (object === undefined || endpoints.length === 0) continue;
    const computed = namespaceNetwork(network, { name: found.name, object, endpoints }, reach, overview);
    const own = policies.filter((policy) => isAbout(policy, found.name));
    const apart = twice.get(found.name);
    const statedTwiceGaps = apart === undefined ? [] : [apart];
    yield* evaluateNamespace(ground, found, { computed, statedTwice: statedTwiceGaps, policies: own, several });
  }
}

interface NamespaceGround {
  readonly computed: ReturnType<typeof namespaceNetwork>;
  readonly statedTwice: readonly Gap[];
  readonly policies: readonly KubernetesObject[];
  /** Names of namespaces that more than one file states. */
  readonly several: ReadonlySet<string>;
}

function evaluateNamespace(
  { known, short, gaps, context }: Ground,
  found: FoundNamespace,
  { computed, statedTwice: twice, policies, several }: NamespaceGround,
): Evaluation[] {
  const { policy, now } = context;
  const observedAt = now.toISOString();
  const unread = [...gaps.around([...found.workloads.map(({ object }) => object), ...policies]), ...short.of(LISTS)];
  const { network, unknown } = computed;
  const doubts = [...known.untrusted, ...twice];
  const part = (name: NetworkPart) => present(network, observedAt, { gaps: [...doubts, ...unknown[name], ...unread] });
  const evidence: EvidenceFor<NetworkNamespaceFacts> = {
    isolation: present(network, observedAt, { gaps: [...doubts, ...unknown.isolation] }),
    outside: part("outside"),
    foreign: part("foreign"),
    dns: part("dns"),
    // Whether a pod has a proxy, and what that asks for, no fact of the CNI changes.
    mesh: present(network, observedAt, { gaps: [...twice, ...unknown.mesh, ...unread] }),
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

function evaluateWhole(
  { network, manifests, known, short, gaps, context }: Ground,
  exposures: readonly Exposure[],
): Pick<EvaluatedNetwork, "evaluations" | "notes"> {
  const { policy, now, scope, cni } = context;
  const observedAt = now.toISOString();
  const { policies, unenforced, faults, tooMany } = policyFacts(network, cni !== undefined);
  const objects = [...manifests.workloads.map(({ object }) => object), ...policies.map(({ object }) => object)];
  const unread = [
    ...gaps.around(objects),
    ...short.of(LISTS),
    ...network.gaps.filter(({ code }) => code === "network.bound").map(networkGap),
  ];
  const isWhole = (object: KubernetesObject) => [...gaps.around([object]), ...short.of(LISTS)].length === 0;
  const asserted = heldAssertions(network, context.intended, known.enforcement.enforced);
  const { exposed, gaps: exposedGaps } = exposedPorts(network, exposures, known.gaps);
  const evidence: EvidenceFor<NetworkFacts> = {
    policies: present(policies, observedAt, { gaps: unread }),
    unenforced: present(unenforced, observedAt),
    policyFaults: present(faults, observedAt),
    exposed: present(exposed, observedAt, { gaps: [...known.untrusted, ...exposedGaps, ...unread] }),
    assertions: present(asserted.facts, observedAt, { gaps: [...known.untrusted, ...asserted.gaps, ...unread] }),
    meshFaults: present(meshFaults(network, isWhole), observedAt, { gaps: unread }),
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

function enforcementNotes({ mesh }: Network, { enforcement }: KnownEnforcement, { cni }: NetworkContext): string[] {
  const encryption = (mesh?.encryption ?? []).map(
    ({ text }) => `${text}, which is not counted as mTLS between workloads`,
  );
  return [...(cni === undefined ? [] : [`network policies: ${enforcement.by}`]), ...new Set(encryption)];
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
