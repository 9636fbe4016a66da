/** A live cluster: read over its API, and judged as manifests are. */

import { unopenedImage } from "../core/asset.ts";
import type { Authority } from "../core/authority.ts";
import { counted } from "../core/counted.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { EvaluationList } from "../core/evaluations.ts";
import { asProblem, Problem } from "../core/problem.ts";
import type { DetectionProof } from "../engines/detectors/model.ts";
import type { ClusterConnection } from "../engines/kubernetes/cluster/connection.ts";
import { addressOf } from "../engines/kubernetes/cluster/identity.ts";
import { type ClusterReading, readCluster } from "../engines/kubernetes/cluster/read.ts";
import type { RunningImage } from "../engines/kubernetes/cluster/running.ts";
import { type OpenOptions, openImage, repositoryNamed } from "../engines/oci/open.ts";
import { detectCni } from "../engines/reachability/cni.ts";
import type { SecretScanner } from "../engines/secrets/scan.ts";
import { accessRelations } from "../evaluate/kubernetes/access-relations.ts";
import { evaluateManifestSecrets } from "../evaluate/kubernetes/manifest-secrets.ts";
import { rotationRelations } from "../evaluate/kubernetes/secret-rotation.ts";
import { evaluateEach, type ManifestsContext, manifestNotes } from "../evaluate/kubernetes/workloads.ts";
import { bounds } from "./bounds.ts";
import type { ScanContext } from "./context.ts";
import { scanImage, scanUnopened } from "./image.ts";
import { scanNetwork } from "./network-evaluations.ts";
import { runningRelations, silentRelations } from "./relations.ts";

export interface ClusterContext
  extends Pick<ManifestsContext, "policy" | "now">,
    Pick<ScanContext, "onRelations" | "onNetwork" | "onLifecycle" | "onDeployed" | "onReach"> {
  /** Where files are that the policy of the scanned directory names. Absent: the working directory. */
  readonly root?: string;
  /** Of this namespace alone. */
  readonly namespace?: string;
  readonly signal?: AbortSignal;
  /** Absent: secrets are not looked for. */
  readonly scanner?: SecretScanner;
  /** Proofs that detectors alert, beside those that the cluster keeps. */
  readonly proofs?: readonly DetectionProof[];
  readonly onProgress?: (resource: string, objects: number) => void;
}

export interface ScannedCluster {
  readonly reading: ClusterReading;
  /** The same for every context, user and machine that reads the cluster. */
  readonly authority: Authority;
  readonly evaluations: EvaluationList;
  /** Why not all of its pods are known; absent: they are. */
  readonly unread?: string;
  readonly notes: readonly string[];
}

/** @throws Problem `cluster.…` where nobody answers or we are not known, `kubeconfig.…` */
export async function scanCluster(connection: ClusterConnection, context: ClusterContext): Promise<ScannedCluster> {
  const { policy, now, scanner } = context;
  const reading = await readCluster(connection, context);
  const { manifests, version, folded, uid } = reading;
  const { name } = connection;
  const judging = {
    policy,
    now,
    scope: name,
    detection: { states: reading.daemonSets, ...(context.proofs === undefined ? {} : { proofs: context.proofs }) },
  };
  context.onRelations?.([
    ...runningRelations(reading.images, name, now),
    ...silentRelations(reading.silent, name, now),
    ...accessRelations(manifests, judging),
    ...rotationRelations(manifests, judging),
  ]);
  // Annotations of any object may hold a secret, so that each list that was refused counts.
  const secrets = scanner === undefined ? [] : evaluateManifestSecrets(manifests, scanner, judging);
  const evaluations = new EvaluationList(evaluateEach(manifests, judging));
  evaluations.take(secrets);
  const network = await scanNetwork(manifests, context.root ?? ".", {
    ...judging,
    cni: detectCni(manifests, reading.daemonSets),
  });
  evaluations.take(network.evaluations);
  context.onNetwork?.(network.network);
  const deployed = { manifests, detection: judging.detection };
  context.onDeployed?.(deployed);
  if (context.onLifecycle !== undefined && context.onDeployed === undefined) {
    const { scanLifecycle } = await import("./lifecycle.ts");
    const lifecycle = scanLifecycle(undefined, { policy, now, ...deployed });
    evaluations.take(lifecycle.evaluations);
    context.onLifecycle(lifecycle.seen);
  }
  context.onRelations?.(network.relations);
  context.onReach?.(network.reach);
  return {
    reading,
    authority: uid === undefined ? { kind: "cluster-address", ...addressOf(connection) } : { kind: "cluster", uid },
    evaluations,
    ...unreadPods(reading, context.namespace),
    notes: [
      `cluster ${name}: ${version ?? "version unknown"}, ${manifests.objects.length} objects` +
        (folded === 0 ? "" : `; ${folded} more are evaluated as their owners`),
      ...(connection.unverified ? ["the API server's certificate was not verified: the kubeconfig says so"] : []),
      ...(uid === undefined
        ? ["the UID of namespace kube-system cannot be read, so the cluster is identified by its address and its CA"]
        : []),
      ...(context.namespace === undefined ? [] : [`only namespace ${context.namespace}`]),
      ...manifestNotes(manifests),
      ...network.notes,
    ],
  };
}

function unreadPods({ manifests }: ClusterReading, namespace: string | undefined): Pick<ScannedCluster, "unread"> {
  const gap = manifests.gaps.find(({ lists, code }) =>
    code === "kubernetes.bound" ? lists !== undefined : lists?.includes("workloads") === true,
  );
  if (gap !== undefined) return { unread: gap.reason };
  return namespace === undefined ? {} : { unread: `only namespace ${namespace} was read` };
}

/** One line an image: digest, name, how many pods, and since when the oldest of them runs. */
export function imageLines(images: readonly RunningImage[], now: Date): string[] {
  return images.map(({ digest, repository, name, pods, since, examples }) => {
    const identified = digest === undefined ? "no digest known" : `${repository ?? ""}@${digest}`.replace(/^@/, "");
    const days = since === undefined ? undefined : Math.floor((now.getTime() - Date.parse(since)) / 86_400_000);
    const age = days === undefined || Number.isNaN(days) ? "" : `, for ${counted(days, "day")}`;
    const more = pods > examples.length ? ` and ${pods - examples.length} more` : "";
    return `image ${name}: ${identified}: runs in ${counted(pods, "pod")}${age} (${examples.join(", ")}${more})`;
  });
}

/** Each image that runs, pulled by its digest. One that cannot be pulled is unknown, and stops no other. */
export async function scanRunningImages(
  images: readonly RunningImage[],
  context: ScanContext & { readonly open: OpenOptions },
): Promise<Evaluation[]> {
  const evaluations: Evaluation[] = [];
  for (const [index, image] of images.entries()) {
    const { name, digest, repository } = image;
    const unopened = unopenedImage(name, { lineage: repositoryNamed(name) ?? name });
    const unknown = (problem: Problem) => scanUnopened(unopened, problem, context);
    if (index >= bounds.clusterScannedImages) {
      const cause = `more than ${bounds.clusterScannedImages} images run: this one is not scanned`;
      evaluations.push(...unknown(new Problem({ kind: "input", code: "cluster.images", place: name, cause })));
      continue;
    }
    if (digest === undefined || repository === undefined) {
      const cause = "the cluster reports no digest to pull it by";
      evaluations.push(
        ...unknown(new Problem({ kind: "unavailable", code: "cluster.image-digest", place: name, cause })),
      );
      continue;
    }
    try {
      const named = await openImage(`${repository}@${digest}`, context.open);
      try {
        evaluations.push(...(await scanImage({ ...named, name }, context)));
      } finally {
        await named.image.store.close();
      }
    } catch (error) {
      const problem = asProblem(error, name);
      if (!(problem instanceof Problem)) throw problem;
      evaluations.push(...unknown(problem));
    }
  }
  return evaluations;
}
