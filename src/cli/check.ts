import { readPastRuns } from "../collect/pipelines/past-runs.ts";
import { append } from "../core/append.ts";
import type { Asset } from "../core/asset.ts";
import type { WorkloadReach } from "../core/context.ts";
import { EvaluationList } from "../core/evaluations.ts";
import type { LifecycleStepResult } from "../core/lifecycle.ts";
import type { Policy } from "../core/policy.ts";
import { usageProblem } from "../core/problem.ts";
import type { Relation } from "../core/relation.ts";
import { evaluateControls, evaluateLayers } from "../joins/baseline/baseline.ts";
import { lifecycleOf } from "../joins/lifecycle/lifecycle.ts";
import type { Deployed } from "../scan/lifecycle.ts";
import { scanTree } from "../scan/tree.ts";
import type { ClusterCheckOptions } from "./cluster/check.ts";
import { isProbing } from "./cluster/probe-options.ts";
import { type Evaluated, type EvaluationContext, runEvaluation } from "./evaluation.ts";
import type { Joins } from "./joined.ts";
import type { LearnedOptions } from "./learned.ts";
import { namedDirectory } from "./named-place.ts";

export interface CheckOptions extends ClusterCheckOptions, LearnedOptions {
  /** False for --no-secrets. */
  readonly secrets: boolean;
  /** A live cluster in place of the folder. */
  readonly cluster: boolean;
  /** Run kubectl and helm on what needs them. */
  readonly render: boolean;
  /** Registries that are asked what they let anyone do. */
  readonly probeRegistry: readonly string[];
  /** This machine in place of the folder. */
  readonly node: boolean;
  /** Of a node: where its root filesystem is. */
  readonly root: string;
  /** Of a node; absent: as it calls itself. */
  readonly host?: string;
  /** Files and directories of proofs that detectors alert. */
  readonly proofs: readonly string[];
  /** A file of past runs of pipelines. */
  readonly runs?: string;
}

const FOR_FILE = "one file: `bulkhead image scan`, `build lint` or `workload audit`; a directory: `bulkhead check DIR`";

/**
 * `bulkhead check [DIR] [--cluster]`: everything below a folder or in a cluster, or both, and the ten controls.
 *
 * @param isNamed - whether the caller named the directory: beside a cluster it is checked where that is so
 */
export async function check(
  dir: string,
  options: CheckOptions,
  { isNamed = false }: { readonly isNamed?: boolean } = {},
): Promise<number> {
  const root = namedDirectory(dir, FOR_FILE);
  refuseAside(options);
  if (options.node) {
    return await runEvaluation(
      root,
      options,
      async (judging) => {
        const { checkNode } = await import("./node.ts");
        return { ...(await checkNode(judging, options)), join: joins };
      },
      { readsImages: false },
    );
  }
  if (options.cluster && options.render) {
    const cause = "--render does not apply to a cluster";
    throw usageProblem("--cluster --render", cause);
  }
  if (!options.cluster && isProbing(options)) {
    const cause = "--probe tries the admission of a cluster";
    throw usageProblem("--probe", cause, "--cluster");
  }
  if (options.pullSecrets && !(options.cluster && options.verify)) {
    throw usageProblem(
      "--pull-secrets",
      "--pull-secrets is about the images that a cluster runs",
      "--cluster --verify",
    );
  }
  if (options.cluster && options.probeRegistry.length > 0) {
    throw usageProblem("--probe-registry", "--probe-registry does not apply to a cluster", "check a directory");
  }
  if (options.cluster) {
    return await runEvaluation(root, options, async (evaluating) => {
      const { judging, notes } = await withLearned(evaluating, options);
      const lifecycle = lifecycleListener();
      const context = { ...judging, onLifecycle: lifecycle.listen };
      const { checkCluster } = await import("./cluster/check.ts");
      // Pipelines of the directory are held against what the cluster holds, in one go.
      let deployed: Deployed | undefined;
      const onDeployed = (told: Deployed): void => {
        deployed = told;
      };
      // Roots, keys and what was verified are the same for both.
      let opening: ReturnType<typeof openVerifier> | undefined;
      const opened = () => (opening ??= openVerifier(judging.policy, root, options));
      const evaluated = await checkCluster(isNamed ? { ...context, onDeployed } : context, options, root, opened);
      const trust = isNamed && options.verify ? { trust: (await opened()).trust } : {};
      const beside = { ...context, ...pastRunsOf(options), ...(deployed === undefined ? {} : { deployed }), ...trust };
      const both = isNamed ? await withDirectory(evaluated, beside, root, dir, options) : evaluated;
      return { ...both, notes: [...both.notes, ...notes()], join: lifecycle.join };
    });
  }
  return await runEvaluation(root, options, async (opened) => {
    const { judging, notes: learnedNotes } = await withLearned(opened, options);
    const verifying = options.verify ? await openVerifier(judging.policy, root, options) : undefined;
    const lifecycle = lifecycleListener();
    const listening = { ...judging, ...pastRunsOf(options), onLifecycle: lifecycle.listen };
    const context = verifying === undefined ? listening : { ...listening, trust: verifying.trust };
    const { evaluations, notes } = await scanTree(root, context, options);
    for (const each of options.probeRegistry) {
      const { scanRegistry } = await import("../scan/registry-probe.ts");
      evaluations.take(await scanRegistry(registryNamed(each), options, judging));
    }
    return {
      evaluations,
      notes: [...notes, ...(verifying?.notes ?? []), ...learnedNotes()],
      subject: dir,
      extent: "tree",
      join: lifecycle.join,
    };
  });
}

/** Keeps what was seen of the lifecycle until what was found is known. */
function lifecycleListener() {
  let seen: readonly LifecycleStepResult[] = [];
  const listen = (told: readonly LifecycleStepResult[]): void => {
    seen = told;
  };
  const join: Joins = {
    ...joins,
    others(judged, checks) {
      const lifecycle = lifecycleOf(seen, judged);
      return { ...joins.others(judged, checks), ...(lifecycle.length === 0 ? {} : { lifecycle }) };
    },
  };
  return { listen, join };
}

/** @throws Problem (usage) where the file is no list of runs */
function pastRunsOf({ runs }: CheckOptions) {
  return runs === undefined ? {} : { pastRuns: readPastRuns(runs) };
}

/** @throws Problem (usage) where options are about something else than what is checked */
function refuseAside({ node, cluster, root, host, proofs, runs }: CheckOptions): void {
  if (node && runs !== undefined) throw usageProblem("--runs", "runs are of pipelines, which a node has none of");
  if (node && cluster) throw usageProblem("--node --cluster", "a node and a cluster are checked apart");
  if (!node && (root !== "/" || host !== undefined)) {
    throw usageProblem(root === "/" ? "--host" : "--root", "it is about a node", "--node");
  }
  if (!node && !cluster && proofs.length > 0) {
    throw usageProblem("--proofs", "proofs are of nodes, which a directory has none of", "--node or --cluster");
  }
}

/** @throws Problem (usage) where it is none */
function registryNamed(written: string): string {
  if (
    /^[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._/-]*)?$|^\[[0-9a-fA-F:]+\](?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._/-]*)?$/.test(
      written,
    )
  )
    return written;
  throw usageProblem(`--probe-registry ${written}`, "not a registry", "registry.example.com/shop/api");
}

/** With what running containers did, where the caller names it. */
async function withLearned(judging: EvaluationContext, { learned: file }: LearnedOptions) {
  if (file === undefined) return { judging, notes: () => [] };
  const { lookup, notes } = (await import("./learned.ts")).openLearned(file);
  return { judging: { ...judging, learned: lookup }, notes };
}

/** The cluster and the directory that it is deployed from together: the controls are judged over both. */
async function withDirectory(
  evaluated: Evaluated,
  judging: EvaluationContext,
  root: string,
  dir: string,
  options: CheckOptions,
): Promise<Evaluated> {
  const relations: Relation[] = [];
  const reach: WorkloadReach[] = [];
  const tree = await scanTree(
    root,
    {
      ...judging,
      onRelations: (told) => append(relations, told),
      onReach: (told) => append(reach, told),
    },
    options,
  );
  const assets = new Set<Asset>();
  for (const { asset } of tree.evaluations) assets.add(asset);
  const evaluations = new EvaluationList(evaluated.evaluations);
  evaluations.take(tree.evaluations);
  return {
    ...evaluated,
    subject: `${dir} and ${evaluated.subject}`,
    evaluations,
    beside: { assets, relations, reach },
    notes: [...evaluated.notes, ...tree.notes],
  };
}

/** The verifier, which a check without it need not load. */
async function openVerifier(policy: Policy, root: string, options: CheckOptions) {
  const { openVerifying } = await import("./trust/verifying.ts");
  return await openVerifying(policy, root, options);
}

const joins: Joins = {
  controls: evaluateControls,
  others: (judged, checks) => ({ layers: evaluateLayers(judged, checks) }),
};
