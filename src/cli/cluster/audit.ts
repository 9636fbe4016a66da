import { readProofs } from "../../collect/runtime/proofs/proof-files.ts";
import { openPolicyScanner } from "../../collect/secrets/scanner.ts";
import type { EvaluationList } from "../../core/evaluations.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import type { ClusterReading } from "../../engines/kubernetes/cluster/read.ts";
import { imageLines, scanCluster, scanRunningImages } from "../../scan/cluster.ts";
import { NO_SECRETS } from "../../scan/without-secrets.ts";
import { type Evaluated, type EvaluationContext, type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { rotationInstead } from "../rotation-output.ts";

export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** Pull and scan what runs. */
  readonly images: boolean;
  /** False for --no-secrets. */
  readonly secrets: boolean;
  /** Files and directories of proofs that detectors alert; of `check` alone. */
  readonly proofs?: readonly string[];
  /** A Secret, or all: show what a new value of it would restart in the report's place. */
  readonly rotation?: string;
}

/** Images that the notes name without --all. */
const NAMED_IMAGES = 20;

/** `bulkhead cluster audit` */
export async function clusterAudit(options: EvaluationOptions & ClusterOptions): Promise<number> {
  return await runEvaluation(process.cwd(), options, (judging) => evaluateCluster(judging, options));
}

/** Which cluster: of the options nothing else, whose `environment` is the policy's. */
export function clusterNamed({ kubeconfig, context }: ClusterOptions): Pick<ClusterOptions, "kubeconfig" | "context"> {
  return { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) };
}

/** What else is asked about what was read: it adds evaluations, and returns notes. */
type More = (reading: ClusterReading, evaluations: EvaluationList) => Promise<readonly string[]>;

/** A cluster as `cluster audit` and `check --cluster` judge it. */
export async function evaluateCluster(
  judging: EvaluationContext,
  options: ClusterOptions & Pick<EvaluationOptions, "all">,
  root = process.cwd(),
  more: More = async () => [],
): Promise<Evaluated> {
  const { policy, now, progress } = judging;
  const connection = connectionOf(clusterNamed(options));
  const proofs = options.proofs === undefined || options.proofs.length === 0 ? undefined : readProofs(options.proofs);
  const keyed = options.secrets ? await openPolicyScanner(policy, process.cwd()) : undefined;
  const { reading, authority, evaluations, unread, notes } = await scanCluster(connection, {
    policy,
    now,
    root,
    onRelations: judging.onRelations,
    onReach: judging.onReach,
    ...(judging.onNetwork === undefined ? {} : { onNetwork: judging.onNetwork }),
    ...(judging.onLifecycle === undefined ? {} : { onLifecycle: judging.onLifecycle }),
    ...(judging.onDeployed === undefined ? {} : { onDeployed: judging.onDeployed }),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(keyed === undefined ? {} : { scanner: keyed.scanner }),
    ...(proofs === undefined ? {} : { proofs }),
    onProgress: (resource, objects) =>
      progress.update(`reading ${resource} of ${connection.name}: ${objects} objects so far`),
  });
  const { images } = reading;
  const context = { ...judging, ...(keyed === undefined ? {} : { secrets: keyed }), judgesAge: true };
  if (options.images) evaluations.take(await scanRunningImages(images, context));
  const moreNotes = await more(reading, evaluations);
  const shown = options.all ? images : images.slice(0, NAMED_IMAGES);
  return {
    subject: connection.name,
    extent: "tree",
    ...rotationInstead(options.rotation),
    evaluations,
    cluster: { name: connection.name, authority, ...(unread === undefined ? {} : { unread }) },
    notes: [
      ...notes,
      ...(keyed?.notes ?? [NO_SECRETS]),
      ...moreNotes,
      ...(images.length === 0 ? ["no pod reports the image it runs"] : imageLines(shown, now)),
      ...(shown.length < images.length ? [`${images.length - shown.length} more images (--all lists them)`] : []),
      ...(options.images || images.length === 0 ? [] : ["running images were not scanned (use --images)"]),
    ],
  };
}
