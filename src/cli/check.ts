import { join, relative, resolve } from "node:path";
import { checks } from "../checks/index.ts";
import { discover } from "../collect/discover.ts";
import { evaluateDockerfile } from "../collect/dockerfiles.ts";
import { stepLinesIn } from "../collect/image/dockerfile-lines.ts";
import { type EvaluateContext, evaluateUnopened } from "../collect/image/evaluate.ts";
import { evaluateImageSet } from "../collect/image/image-set.ts";
import { evaluateLockfile } from "../collect/lockfiles.ts";
import { evaluateManifestSecrets } from "../collect/manifest-secrets.ts";
import { readManifestFiles } from "../collect/manifests.ts";
import { evaluatePipelines } from "../collect/pipelines.ts";
import { renderFolders } from "../collect/render.ts";
import { findSeccompProfiles } from "../collect/seccomp-profiles.ts";
import { openPolicyScanner } from "../collect/secrets/scanner.ts";
import { evaluateSources, evaluateUnlooked } from "../collect/secrets/sources.ts";
import { skippedNotes } from "../collect/skipped-notes.ts";
import { evaluateManifests, manifestNotes } from "../collect/workloads.ts";
import { fileAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { Problem } from "../core/problem.ts";
import { judgeControls, judgeLayers } from "../joins/baseline/baseline.ts";
import type { ClusterOptions } from "./cluster/audit.ts";
import { type JudgingOptions, NO_SECRETS, runJudging } from "./judging.ts";

export interface CheckOptions extends JudgingOptions, ClusterOptions {
  /** False for --no-secrets. */
  readonly secrets: boolean;
  /** A live cluster in place of the folder. */
  readonly cluster: boolean;
  /** Run kubectl and helm on what needs them. */
  readonly render: boolean;
}

/** `bulkhead check [DIR | --cluster]`: everything below a folder, and the ten controls. */
export async function check(dir: string, options: CheckOptions): Promise<number> {
  const root = resolve(dir);
  if (options.cluster && options.render) {
    const cause = "a cluster has nothing to render";
    throw new Problem({ kind: "usage", code: "cli.usage", place: "--cluster --render", cause });
  }
  if (options.cluster) {
    return await runJudging(root, options, async (judging) => ({
      ...(await (await import("./cluster/audit.ts")).judgeCluster(judging, options)),
      join: joined,
    }));
  }
  return await runJudging(root, options, async (judging) => {
    const secrets = options.secrets ? await openPolicyScanner(judging.policy, root) : undefined;
    const found = await discover(root);
    const linted = found.dockerfiles.map((path) => evaluateDockerfile(root, path, judging));
    const stepLines = stepLinesIn(linted.flatMap(({ file }) => file?.dockerfile ?? []));
    const context = { ...judging, ...(secrets === undefined ? {} : { secrets }), stepLines, judgesAge: true };
    const rendering = options.render ? await renderFolders(root, found) : undefined;
    const manifests = readManifestFiles(root, found, rendering);
    const evaluations: Evaluation[] = [];
    for (const path of found.images) {
      evaluations.push(...(await evaluateImageSet(path, relative(root, path) || path, context)));
    }
    for (const path of found.unlisted) evaluations.push(...evaluateUnlisted(path, context));
    for (const path of found.lockfiles) evaluations.push(...evaluateLockfile(join(root, path), path, context));
    evaluations.push(...linted.flatMap((dockerfile) => dockerfile.evaluations));
    evaluations.push(...evaluatePipelines(root, found.pipelines, context));
    const seccompProfiles = findSeccompProfiles(root, manifests, judging.now);
    evaluations.push(...evaluateManifests(manifests, { ...judging, scope: "manifests", seccompProfiles }));
    if (secrets !== undefined) {
      evaluations.push(...evaluateManifestSecrets(manifests, secrets.scanner, { ...judging, scope: "manifests" }));
    }
    evaluations.push(
      secrets === undefined
        ? evaluateUnlooked(context)
        : await evaluateSources(root, found.images, secrets.scanner, context),
    );
    return {
      subject: dir,
      extent: "tree",
      evaluations,
      join: joined,
      notes: [
        ...(found.images.length === 0
          ? ["no images found: build them into OCI layouts or archives below this folder"]
          : []),
        ...skippedNotes(found),
        ...linted.flatMap((dockerfile) => dockerfile.notes),
        ...(rendering?.notes ?? []),
        ...(manifests.objects.length === 0 ? [] : manifestNotes(manifests)),
        ...(secrets?.notes ?? [NO_SECRETS]),
      ],
    };
  });
}

function joined(judged: readonly Evaluation[]) {
  return { controls: judgeControls(judged, checks), layers: judgeLayers(judged, checks) };
}

/** There may be an image in it. */
function evaluateUnlisted(path: string, context: EvaluateContext): Evaluation[] {
  const problem = new Problem({
    kind: "unavailable",
    code: "collect.folder",
    place: path,
    cause: "the folder cannot be listed",
    remedy: "let whoever runs this read it",
  });
  return evaluateUnopened(fileAsset(path), problem, context);
}
