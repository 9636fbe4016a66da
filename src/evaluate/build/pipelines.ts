/** Whether the pipelines of a tree block critical vulnerabilities. */
import { pipelinesChecks } from "../../checks/lists/pipelines.ts";
import type { PipelinesFacts } from "../../checks/subjects/tree.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import { scanSteps } from "../../engines/pipelines/gates.ts";
import type { Pipeline } from "../../engines/pipelines/model.ts";

const NAMED = 3;

/** One evaluation of all pipelines together, for one gate is enough; none where there are none. */
export function evaluatePipelines(
  {
    paths,
    pipelines,
    gaps,
  }: { readonly paths: readonly string[]; readonly pipelines: readonly Pipeline[]; readonly gaps: readonly Gap[] },
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Evaluation[] {
  if (paths.length === 0) return [];
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
            reason: `no step that fails on critical vulnerabilities in ${paths.length === 1 ? paths[0] : `${paths.length} pipelines`}`,
            remedy: "add a step that runs bulkhead check",
          },
        ];
  const [first] = gates;
  return runChecks<PipelinesFacts>(
    pipelinesChecks,
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
  );
}

function assetOf(paths: readonly string[]): Asset {
  const name = paths.length > NAMED ? `${paths.length} pipelines` : paths.join(", ");
  return { kind: "file", id: "pipelines", lineage: "pipelines", name };
}
