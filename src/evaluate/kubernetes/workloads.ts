/** Workloads, namespaces and clusters, judged by every check over them. Pure: what was read comes in. */

import type { ClusterCheck, ClusterFacts } from "../../checks/cluster/kubernetes/cluster-check.ts";
import type { NamespaceCheck, NamespaceFacts } from "../../checks/cluster/kubernetes/namespace-check.ts";
import { clusterChecks as allClusterChecks } from "../../checks/lists/cluster.ts";
import { manifestFileChecks } from "../../checks/lists/manifest-file.ts";
import { namespaceChecks as allNamespaceChecks } from "../../checks/lists/namespace.ts";
import { workloadChecks as allWorkloadChecks } from "../../checks/lists/workload.ts";
import type { ManifestFileFacts } from "../../checks/subjects/tree.ts";
import type { WorkloadCheck, WorkloadFacts } from "../../checks/workload/kubernetes/workload-check.ts";
import { strictestLevel } from "../../checks/workload/pod-security/standards.ts";
import { type ClusterAsset, fileAsset } from "../../core/asset.ts";
import type { EvidenceFor } from "../../core/check.ts";
import { someOf } from "../../core/counted.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runCheck, runChecks } from "../../core/runner.ts";
import { componentsOf } from "../../engines/kubernetes/control-plane/components.ts";
import { containersOf, type KubernetesObject, type Manifests, type Workload } from "../../engines/kubernetes/model.ts";
import { resolveAccess } from "../../engines/kubernetes/rbac/access.ts";
import { inSeveralFiles, namespaceAsset, namespacesInSeveralFiles, workloadAsset, workloadName } from "./assets.ts";
import { certificateEnds } from "./certificate-ends.ts";
import { guardWebhooksOf, verificationOf } from "./image-verification.ts";
import { type ListGaps, readsOf, splitListGaps } from "./list-gaps.ts";
import { gapOf, type ManifestGaps, manifestGaps } from "./manifest-gaps.ts";
import { type FoundNamespace, isSystemNamespace, namespacesOf } from "./namespaces.ts";
import { detectionOf, type KnownDetection } from "./runtime-detection.ts";
import { secretAges } from "./secret-ages.ts";
import { sourceEvidence } from "./secret-sources.ts";
import { secretSyncs } from "./secret-syncs.ts";

export interface ManifestsContext {
  readonly policy: Policy;
  readonly now: Date;
  /** What the tree or the cluster is called: the id of the asset that the checks over the whole are about. */
  readonly scope: string;
  /**
   * `declared`: a namespace that workloads name and nobody declares is not looked at; what is asked for is the workloads.
   * Absent: it is unknown.
   */
  readonly namespaces?: "declared";
  /** Absent: none of the tree's files is a profile. */
  readonly seccompProfiles?: Evidence<WorkloadFacts["seccompProfiles"]>;
  /** What is known of detectors beside their objects. */
  readonly detection?: KnownDetection;
}

/** Kinds and namespaces that a note names. */
const NAMED_KINDS = 12;

const workloadChecks: readonly WorkloadCheck[] = allWorkloadChecks;
const namespaceChecks: readonly NamespaceCheck[] = allNamespaceChecks;
const clusterChecks: readonly ClusterCheck[] = allClusterChecks;

/** Every evaluation of what was read: of files, of workloads, of namespaces, and of the whole. */
export function evaluateManifests(all: Manifests, context: ManifestsContext): Evaluation[] {
  return [...evaluateEach(all, context)];
}

/** As {@link evaluateManifests}, one after the other: of thousands of workloads no array is made. */
export function* evaluateEach(all: Manifests, context: ManifestsContext): Generator<Evaluation> {
  const { manifests, short } = splitListGaps(all);
  const gaps = manifestGaps(manifests);
  const whole = wholeOf(manifests, gaps.all, short, context.now);
  yield* evaluateAll(manifests, whole, gaps, context);
  if (!short.none) yield* evaluateUnlisted(short, context);
}

/** Each check is handed the lists that it says it reads, and told what is missing of those. */
function wholeOf(manifests: Manifests, gaps: readonly Gap[], short: ListGaps, now: Date): Whole {
  // By the check's own list: it is asked for once a workload.
  const handed = new Map<readonly (keyof Manifests)[], Evidence<Manifests>>();
  const of: Whole["of"] = ({ reads }) => {
    const known = handed.get(reads);
    if (known !== undefined) return known;
    const lists = Object.fromEntries(reads.map((list) => [list, manifests[list]])) as unknown as Manifests;
    const evidence = present(lists, now.toISOString(), { gaps: [...gaps, ...short.of(reads)] });
    handed.set(reads, evidence);
    return evidence;
  };
  return { of, short };
}

/** What a check is handed of the whole, and which lists are short. */
export interface Whole {
  of(check: { readonly reads: readonly (keyof Manifests)[] }): Evidence<Manifests>;
  readonly short: ListGaps;
}

/** Every list was read. */
export const NONE_SHORT: ListGaps = { none: true, of: () => [] };

function* evaluateAll(
  manifests: Manifests,
  whole: Whole,
  gaps: ManifestGaps,
  context: ManifestsContext,
): Generator<Evaluation> {
  const workloads = ownWorkloads(manifests);
  const names = {
    workloads: inSeveralFiles(
      workloads.map(({ object }) => object),
      workloadName,
    ),
    namespaces: namespacesInSeveralFiles(manifests),
  };
  yield* evaluateFiles(manifests, gaps, context);
  for (const workload of workloads) yield* evaluateWorkload(workload, whole, gaps, context, names.workloads);
  for (const found of namespacesOf(manifests)) {
    if (found.namespace === undefined && context.namespaces === "declared") continue;
    yield* evaluateNamespace(found, whole, gaps, context, names.namespaces);
  }
  yield* evaluateCluster(manifests, whole, gaps.all, context);
}

/** What a cluster did not list may be any number of workloads, or of namespaces: no check of theirs is passed. */
function evaluateUnlisted(short: ListGaps, { policy, now, scope }: ManifestsContext): Evaluation[] {
  const asset: ClusterAsset = { kind: "cluster", id: scope, lineage: scope, name: scope };
  const [workload, ...moreOfWorkloads] = short.of(["workloads"]);
  const [namespace, ...moreOfNamespaces] = short.of(["namespaces"]);
  const unlisted = absent<never>({ code: "kubernetes.unlisted", reason: "nothing to evaluate it by" });
  const context = { asset, policy, now };
  return [
    ...(workload === undefined
      ? []
      : workloadChecks.map((check) => {
          const facts = { workload: absent<never>(workload, ...moreOfWorkloads), manifests: unlisted };
          return runCheck(check, { ...facts, seccompProfiles: unlisted }, context);
        })),
    ...(namespace === undefined
      ? []
      : namespaceChecks.map((check) => {
          const facts = {
            namespace: absent<never>(namespace, ...moreOfNamespaces),
            workloads: unlisted,
            manifests: unlisted,
          };
          return runCheck(check, facts, context);
        })),
  ];
}

/** What a report says beside the findings. */
export function manifestNotes(manifests: Manifests): string[] {
  const { workloads, objects, unknownKinds } = manifests;
  const kinds = [...unknownKinds].map(([kind, count]) => `${kind} (${count})`);
  const undeclared = namespacesOf(manifests).filter(
    ({ namespace, name }) => namespace === undefined && !isSystemNamespace(name),
  );
  const names = undeclared.map(({ name }) => name);
  return [
    ...(workloads.length === 0 ? [`no workloads found in ${objects.length} objects`] : []),
    ...(kinds.length === 0 ? [] : [`kinds without a check: ${someOf(kinds, NAMED_KINDS)}`]),
    ...(names.length === 0
      ? []
      : [
          `namespaces whose labels are unknown, since no manifest declares them: ${names.slice(0, NAMED_KINDS).join(", ")}`,
        ]),
  ];
}

export function evaluateFiles(
  { gaps }: Manifests,
  { unread }: ManifestGaps,
  { policy, now }: Pick<ManifestsContext, "policy" | "now">,
): Evaluation[] {
  return [...Map.groupBy(gaps, ({ path }) => path)].flatMap(([path, all]) => {
    // What is about an object is among that object's own evaluations.
    const loose = (unread.get(path) ?? []).map(gapOf);
    const evidence = { file: present({ path, gaps: all }, now.toISOString(), { gaps: loose }) };
    return runChecks<ManifestFileFacts>(manifestFileChecks, evidence, { asset: fileAsset(path), policy, now });
  });
}

/** @param several - names of workloads that more than one file states */
export function evaluateWorkload(
  workload: Workload,
  whole: Whole,
  gaps: ManifestGaps,
  { policy, now, seccompProfiles = present(new Map(), now.toISOString()) }: ManifestsContext,
  several?: ReadonlySet<string>,
): Evaluation[] {
  const { object, origin } = workload;
  const observedAt = now.toISOString();
  const evidence: Omit<EvidenceFor<WorkloadFacts>, "manifests"> = {
    workload: present(workload, observedAt, { gaps: [...gaps.of(object), ...untoldOf([workload])] }),
    seccompProfiles,
  };
  const looked = { object: object.kind, containers: String(containersOf(workload.pod).length) };
  const context = { asset: workloadAsset(object, several), policy, now, evidence: looked };
  return checksOf[origin].map((check) => runCheck(check, { ...evidence, manifests: whole.of(check) }, context));
}

const checksOf: Readonly<Record<Workload["origin"], readonly WorkloadCheck[]>> = {
  kubernetes: workloadChecks.filter(({ origins }) => origins.includes("kubernetes")),
  compose: workloadChecks.filter(({ origins }) => origins.includes("compose")),
};

/** @param several - names of namespaces that more than one file states */
export function evaluateNamespace(
  found: FoundNamespace,
  whole: Whole,
  gaps: ManifestGaps,
  { policy, now }: ManifestsContext,
  several?: ReadonlySet<string>,
): Evaluation[] {
  const { name, namespace, workloads } = found;
  const system = isSystemNamespace(name);
  const observedAt = now.toISOString();
  const objects = workloads.map(({ object }) => object);
  const [unlisted, ...more] = whole.short.of(["namespaces"]);
  const around = [...gaps.around(objects), ...whole.short.of(["workloads"])];
  const evidence: Omit<EvidenceFor<NamespaceFacts>, "manifests"> = {
    namespace:
      namespace === undefined
        ? absent(
            unlisted ?? {
              code: "kubernetes.undeclared-namespace",
              reason: `namespace ${name} is declared by no manifest: its labels are unknown`,
              remedy: "add its manifest, or audit the cluster",
            },
            ...more,
          )
        : present({ name, namespace, workloads, system }, observedAt, {
            gaps: gaps.of(namespace.object),
          }),
    workloads: present(workloads, observedAt, { gaps: around }),
  };
  // What is not told of a workload that was found hides no other: it counts where every workload must be known whole.
  const inWhole = present(workloads, observedAt, { gaps: [...around, ...untoldOf(workloads)] });
  const looked = { workloads: String(workloads.length), meets: strictestLevel(workloads) };
  const asset = namespaceAsset(found, several);
  return namespaceChecks
    .filter(({ namespaces }) => namespaces === "all" || !system)
    .map((check) => {
      const facts = { ...evidence, ...(check.needs.workloads === "complete" ? { workloads: inWhole } : {}) };
      return runCheck(check, { ...facts, manifests: whole.of(check) }, { asset, policy, now, evidence: looked });
    });
}

/** What pods of kinds that their own controllers alone know leave unsaid: about those workloads, and about nothing else. */
function untoldOf(workloads: readonly Workload[]): Gap[] {
  return workloads.flatMap(({ untold = [] }) => untold.map(gapOf));
}

function evaluateCluster(
  manifests: Manifests,
  whole: Whole,
  gaps: readonly Gap[],
  context: ManifestsContext,
): Evaluation[] {
  if (manifests.objects.length === 0 && whole.short.none) return [];
  const { policy, now, scope } = context;
  const forAccess = readsOf(manifests);
  const access = resolveAccess(forAccess.manifests);
  const forComponents = readsOf(manifests);
  const { ages, gaps: ofUnknownAge } = secretAges(manifests, context);
  const synced = secretSyncs(manifests, context);
  const certificates = certificateEnds(manifests, context);
  const images = verificationOf(manifests, whole.short);
  const guards = guardWebhooksOf(manifests, whole.short);
  const detection = detectionOf(manifests, whole.short, context);
  const facts: ClusterFacts = {
    manifests,
    access,
    components: componentsOf(forComponents.manifests),
    secretAges: ages,
    certificateEnds: certificates.ends,
    secretSyncs: synced.syncs,
    imageVerification: images.verification,
    guardWebhooks: guards,
    answeredWebhooks: guards,
    runtimeDetection: detection.detection,
  };
  const observedAt = now.toISOString();
  const evidence: Omit<EvidenceFor<ClusterFacts>, "manifests"> = {
    access: present(facts.access, observedAt, {
      gaps: [...gaps, ...access.gaps, ...whole.short.of(forAccess.lists)],
    }),
    components: present(facts.components, observedAt, { gaps: [...gaps, ...whole.short.of(forComponents.lists)] }),
    secretAges: present(ages, observedAt, {
      gaps: [...gaps, ...ofUnknownAge, ...whole.short.of(["secrets", "externalSecrets"])],
    }),
    certificateEnds: present(certificates.ends, observedAt, {
      gaps: [...gaps, ...certificates.gaps, ...whole.short.of(["secrets", "externalSecrets"])],
    }),
    secretSyncs: present(synced.syncs, observedAt, {
      gaps: [...gaps, ...synced.gaps, ...whole.short.of(["externalSecrets", "secretStores"])],
    }),
    imageVerification: present(images.verification, observedAt, {
      gaps: [...gaps, ...images.gaps, ...whole.short.of(images.lists)],
    }),
    guardWebhooks: present(guards, observedAt, { gaps: [...gaps, ...whole.short.of(["webhookConfigurations"])] }),
    answeredWebhooks: present(guards, observedAt, {
      gaps: [...gaps, ...whole.short.of(["webhookConfigurations", "services", "network"])],
    }),
    runtimeDetection: present(detection.detection, observedAt, {
      gaps: [...gaps, ...detection.gaps],
      ...(detection.validUntil === undefined ? {} : { validUntil: detection.validUntil }),
    }),
  };
  const asset: ClusterAsset = { kind: "cluster", id: scope, lineage: scope, name: scope };
  const looked = {
    objects: String(manifests.objects.length),
    ...sourceEvidence(manifests),
  };
  return clusterChecks
    .filter((check) => mayApply(check, facts, whole.short, forAccess.lists))
    .map((check) =>
      runCheck(check, { ...evidence, manifests: whole.of(check) }, { asset, policy, now, evidence: looked }),
    );
}

/** Where it says that there is nothing to judge, it must know: of a list that was refused nobody does. */
function mayApply(
  check: ClusterCheck,
  facts: ClusterFacts,
  short: ListGaps,
  accessLists: ReadonlySet<string>,
): boolean {
  if (check.applies(facts)) return true;
  if (short.none) return false;
  const observed = readsOf(facts.manifests);
  let asksAccess = false;
  check.applies({
    manifests: observed.manifests,
    components: facts.components,
    secretAges: facts.secretAges,
    certificateEnds: facts.certificateEnds,
    secretSyncs: facts.secretSyncs,
    imageVerification: facts.imageVerification,
    guardWebhooks: facts.guardWebhooks,
    answeredWebhooks: facts.answeredWebhooks,
    runtimeDetection: facts.runtimeDetection,
    get access() {
      asksAccess = true;
      return facts.access;
    },
  });
  return short.of([...observed.lists, ...(asksAccess ? accessLists : [])]).length > 0;
}

/** Without the Pods and ReplicaSets of a cluster that another object makes which is judged itself. */
function ownWorkloads({ workloads }: Manifests): readonly Workload[] {
  const key = (kind: string, { source, namespace = "" }: KubernetesObject, name: string) =>
    JSON.stringify([source.kind === "cluster" ? source.cluster : "", kind, namespace, name]);
  const known = new Set(workloads.map(({ object }) => key(object.kind, object, object.name)));
  return workloads.filter(({ object }) => {
    if (object.source.kind !== "cluster") return true;
    const owner = object.ownerReferences.find(({ controller }) => controller === true);
    return owner === undefined || !known.has(key(owner.kind, object, owner.name));
  });
}
