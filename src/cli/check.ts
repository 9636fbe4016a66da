import { checks } from "../checks/index.ts";
import type { Evaluations } from "../core/evaluations.ts";
import { usageProblem } from "../core/problem.ts";
import { evaluateControls, evaluateLayers } from "../joins/baseline/baseline.ts";
import { scanTree } from "../scan/tree.ts";
import type { ClusterOptions } from "./cluster/audit.ts";
import { type EvaluationOptions, runEvaluation } from "./evaluation.ts";
import { namedDirectory } from "./named-place.ts";

export interface CheckOptions extends EvaluationOptions, ClusterOptions {
  /** False for --no-secrets. */
  readonly secrets: boolean;
  /** A live cluster in place of the folder. */
  readonly cluster: boolean;
  /** Run kubectl and helm on what needs them. */
  readonly render: boolean;
}

const FOR_FILE = "one file: `bulkhead image scan`, `build lint` or `workload audit`; a directory: `bulkhead check DIR`";

/** `bulkhead check [DIR | --cluster]`: everything below a folder, and the ten controls. */
export async function check(dir: string, options: CheckOptions): Promise<number> {
  const root = namedDirectory(dir, FOR_FILE);
  if (options.cluster && options.render) {
    const cause = "--render does not apply to a cluster";
    throw usageProblem("--cluster --render", cause);
  }
  if (options.cluster) {
    return await runEvaluation(root, options, async (judging) => ({
      ...(await (await import("./cluster/audit.ts")).evaluateCluster(judging, options, root)),
      join: joined,
    }));
  }
  return await runEvaluation(root, options, async (judging) => ({
    ...(await scanTree(root, judging, options)),
    subject: dir,
    extent: "tree",
    join: joined,
  }));
}

function joined(judged: Evaluations, excluded: number) {
  return { controls: evaluateControls(judged, checks, excluded), layers: evaluateLayers(judged, checks) };
}
