import { join, relative, resolve } from "node:path";
import { checks } from "../checks/index.ts";
import { expiredException } from "../checks/policy/expired-exception.ts";
import { discover } from "../collect/discover.ts";
import { type EvaluateContext, evaluateImage, evaluateUnopened } from "../collect/image/evaluate.ts";
import { asProblem } from "../collect/image/inventory.ts";
import { evaluateLockfile } from "../collect/lockfiles.ts";
import { fileAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { present } from "../core/evidence.ts";
import { Problem } from "../core/problem.ts";
import { runCheck } from "../core/runner.ts";
import { openImageSet } from "../engines/oci/open.ts";
import { judgeControls, judgeLayers } from "../joins/baseline/baseline.ts";
import { type Judging, type JudgingOptions, runJudging } from "./judging.ts";

/** `bulkhead check [DIR]`: everything below a folder, and the ten controls. */
export async function check(dir: string, options: JudgingOptions): Promise<number> {
  const root = resolve(dir);
  return await runJudging(root, options, async (context) => {
    const found = await discover(root);
    const evaluations: Evaluation[] = [];
    for (const path of found.images) {
      evaluations.push(...(await evaluateSet(path, relative(root, path) || path, context)));
    }
    for (const path of found.lockfiles) evaluations.push(...evaluateLockfile(join(root, path), path, context));
    evaluations.push(...evaluatePolicy(context));
    const unjudged = [...found.unjudged].map(([kind, count]) => `${count} ${kind}${count === 1 ? "" : "s"}`);
    return {
      subject: dir,
      evaluations,
      join: (judged) => ({ controls: judgeControls(judged, checks), layers: judgeLayers(judged, checks) }),
      notes: [
        ...(found.images.length === 0
          ? ["no images found: build them into OCI layouts or archives below this folder"]
          : []),
        ...(unjudged.length === 0 ? [] : [`seen and not judged yet: ${unjudged.join(", ")}`]),
      ],
    };
  });
}

/** One broken image is unknown and stops no other. */
async function evaluateSet(path: string, shown: string, context: Judging): Promise<Evaluation[]> {
  const unopened = (error: unknown, name: string): Evaluation => {
    const problem = asProblem(error, name);
    if (!(problem instanceof Problem)) throw problem;
    return evaluateUnopened(fileAsset(name), problem, context);
  };
  try {
    const set = await openImageSet(path, context.open);
    try {
      const evaluations: Evaluation[] = [];
      for (const entry of set.entries) {
        try {
          const named = await entry.open();
          evaluations.push(...(await evaluateImage({ ...named, name: nameOf(shown, entry.name) }, context)));
        } catch (error) {
          evaluations.push(unopened(error, nameOf(shown, entry.name)));
        }
      }
      return evaluations;
    } finally {
      await set.close();
    }
  } catch (error) {
    return [unopened(error, shown)];
  }
}

/** A name that states a repository says enough; a bare tag needs the path. */
function nameOf(shown: string, name: string): string {
  return name.includes("/") || name.includes(":") ? name : shown;
}

function evaluatePolicy(context: EvaluateContext): Evaluation[] {
  const { policy, now } = context;
  if (policy.origin.kind === "default") return [];
  const asset = fileAsset(policy.origin.kind === "tree" ? policy.origin.path : policy.origin.name);
  return [runCheck(expiredException, { policy: present(policy, now.toISOString()) }, { asset, policy, now })];
}
