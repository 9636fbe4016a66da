import { join, relative, resolve } from "node:path";
import { checks } from "../checks/index.ts";
import { discover } from "../collect/discover.ts";
import { evaluateDockerfile } from "../collect/dockerfiles.ts";
import { stepLinesIn } from "../collect/image/dockerfile-lines.ts";
import { type EvaluateContext, evaluateUnopened } from "../collect/image/evaluate.ts";
import { evaluateImageSet } from "../collect/image/image-set.ts";
import { evaluateLockfile } from "../collect/lockfiles.ts";
import { evaluatePipelines } from "../collect/pipelines.ts";
import { openPolicyScanner } from "../collect/secrets/scanner.ts";
import { evaluateSources, evaluateUnlooked } from "../collect/secrets/sources.ts";
import { fileAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { Problem } from "../core/problem.ts";
import { judgeControls, judgeLayers } from "../joins/baseline/baseline.ts";
import { type JudgingOptions, NO_SECRETS, runJudging } from "./judging.ts";

export interface CheckOptions extends JudgingOptions {
  /** False for --no-secrets. */
  readonly secrets: boolean;
}

/** `bulkhead check [DIR]`: everything below a folder, and the ten controls. */
export async function check(dir: string, options: CheckOptions): Promise<number> {
  const root = resolve(dir);
  return await runJudging(root, options, async (judging) => {
    const secrets = options.secrets ? await openPolicyScanner(judging.policy, root) : undefined;
    const found = await discover(root);
    const linted = found.dockerfiles.map((path) => evaluateDockerfile(root, path, judging));
    const stepLines = stepLinesIn(linted.flatMap(({ file }) => file?.dockerfile ?? []));
    const context = { ...judging, ...(secrets === undefined ? {} : { secrets }), stepLines, judgesAge: true };
    const evaluations: Evaluation[] = [];
    for (const path of found.images) {
      evaluations.push(...(await evaluateImageSet(path, relative(root, path) || path, context)));
    }
    for (const path of found.unlisted) evaluations.push(...evaluateUnlisted(path, context));
    for (const path of found.lockfiles) evaluations.push(...evaluateLockfile(join(root, path), path, context));
    evaluations.push(...linted.flatMap((dockerfile) => dockerfile.evaluations));
    evaluations.push(...evaluatePipelines(root, found.pipelines, context));
    evaluations.push(
      secrets === undefined ? evaluateUnlooked(context) : await evaluateSources(root, secrets.scanner, context),
    );
    const unjudged = [...found.unjudged].map(([kind, count]) => `${count} ${kind}${count === 1 ? "" : "s"}`);
    return {
      subject: dir,
      extent: "tree",
      evaluations,
      join: (judged) => ({ controls: judgeControls(judged, checks), layers: judgeLayers(judged, checks) }),
      notes: [
        ...(found.images.length === 0
          ? ["no images found: build them into OCI layouts or archives below this folder"]
          : []),
        ...linted.flatMap((dockerfile) => dockerfile.notes),
        ...(secrets?.notes ?? [NO_SECRETS]),
        ...(unjudged.length === 0 ? [] : [`seen and not judged yet: ${unjudged.join(", ")}`]),
      ],
    };
  });
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
