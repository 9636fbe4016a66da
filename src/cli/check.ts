import { checks } from "../checks/index.ts";
import type { Evaluations } from "../core/evaluations.ts";
import { usageProblem } from "../core/problem.ts";
import { judgeControls, judgeLayers } from "../joins/baseline/baseline.ts";
import { scanTree } from "../scan/tree.ts";
import type { ClusterOptions } from "./cluster/audit.ts";
import { type JudgingOptions, runJudging } from "./judging.ts";
import { namedDirectory } from "./named-place.ts";

export interface CheckOptions extends JudgingOptions, ClusterOptions {
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
    return await runJudging(root, options, async (judging) => ({
      ...(await (await import("./cluster/audit.ts")).judgeCluster(judging, options, root)),
      join: joined,
    }));
  }
  return await runJudging(root, options, async (judging) => ({
    ...(await scanTree(root, judging, options)),
    subject: dir,
    extent: "tree",
    join: joined,
  }));
}

function joined(judged: Evaluations, excluded: number) {
  return { controls: judgeControls(judged, checks, excluded), layers: judgeLayers(judged, checks) };
}
