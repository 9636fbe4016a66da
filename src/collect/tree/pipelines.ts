/** From the pipelines of a tree to their evaluation. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ignoredScan } from "../../checks/build/ignored-scan.ts";
import type { Asset } from "../../core/asset.ts";
import { bounds } from "../../core/bounds.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { runCheck } from "../../core/runner.ts";
import { scanSteps } from "../../engines/pipelines/gates.ts";
import type { Pipeline } from "../../engines/pipelines/model.ts";
import { pipelineSystem, readPipeline } from "../../engines/pipelines/read.ts";
import { asProblem, gapOf } from "../image/inventory.ts";

const NAMED = 3;

/**
 * One evaluation of all pipelines together, for one gate is enough; none where there are none.
 *
 * @param paths - relative to the root
 */
export function evaluatePipelines(
  root: string,
  paths: readonly string[],
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Evaluation[] {
  if (paths.length === 0) return [];
  const gaps: Gap[] = [];
  const pipelines: Pipeline[] = [];
  for (const path of paths.slice(0, bounds.pipelines)) {
    try {
      pipelines.push(readPipeline(path, readFileSync(join(root, path), "utf8"), pipelineSystem(path) ?? "github"));
    } catch (error) {
      const problem = asProblem(error, path);
      if (!(problem instanceof Problem) || !isEvidenceProblem(problem)) throw problem;
      gaps.push(gapOf(problem));
    }
  }
  if (paths.length > bounds.pipelines) {
    gaps.push({ code: "pipelines.bound", reason: `more than ${bounds.pipelines} pipelines` });
  }
  const scans = scanSteps(pipelines);
  const gates = scans.filter(({ ignored }) => ignored === undefined);
  // One gate proves what is asked for, whatever else could not be read.
  const open =
    gates.length > 0
      ? []
      : [
          ...gaps,
          {
            code: "pipelines.no-gate",
            reason: `no step that fails on critical vulnerabilities was found in ${paths.length === 1 ? paths[0] : `${paths.length} pipelines`}`,
            remedy: "add a step that runs bulkhead check",
          },
        ];
  const [first] = gates;
  return [
    runCheck(
      ignoredScan,
      { scans: present(scans, now.toISOString(), { gaps: open }) },
      {
        asset: assetOf(paths),
        policy,
        now,
        evidence: {
          pipelines: String(paths.length),
          gate: first === undefined ? "none" : `${first.scanner} at ${first.pipeline}:${first.line}`,
        },
      },
    ),
  ];
}

function assetOf(paths: readonly string[]): Asset {
  const name = paths.length > NAMED ? `${paths.length} pipelines` : paths.join(", ");
  return { kind: "file", id: "pipelines", lineage: "pipelines", name };
}
