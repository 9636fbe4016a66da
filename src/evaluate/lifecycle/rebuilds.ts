/** Pipelines that a schedule starts to build images anew. */
import type { LifecycleFacts } from "../../checks/subjects/lifecycle.ts";
import type { Gap } from "../../core/evidence.ts";
import type { LifecyclePipeline, PastRun } from "../../engines/pipelines/model.ts";
import { basesOf } from "./bases.ts";
import type { LifecycleInput } from "./input.ts";

export function rebuildFacts(input: LifecycleInput): LifecycleFacts["rebuilds"] | undefined {
  const scheduled = scheduledRebuilds(input);
  if (scheduled.length === 0) return undefined;
  return {
    scheduled,
    bases: basesOf(input.dockerfiles),
    // Renovate looks into Dockerfiles unless it is told not to; nobody knows what a file that was not read says.
    basesUpdated:
      input.updateGaps.length > 0 ||
      input.updates.some(({ entries }) =>
        entries.some(
          ({ ecosystem, stopped, found }) =>
            stopped === undefined && found !== "no" && (ecosystem === undefined || ecosystem === "docker"),
        ),
      ),
  };
}

/** Why a rebuild that the files call sound may never have come: past runs were told, and none of them is of it. */
export function rebuildGaps(facts: LifecycleFacts["rebuilds"] | undefined): Gap[] {
  return (facts?.scheduled ?? []).flatMap(({ pipeline, runs }): Gap[] =>
    runs === undefined || runs.length > 0
      ? []
      : [
          {
            code: "pipelines.no-past-run",
            reason: `no scheduled run of ${pipeline.path} among the past runs`,
            remedy:
              "list more of them: gh run list --event schedule --limit 100 --json workflowName,event,conclusion,createdAt",
          },
        ],
  );
}

/** Of GitLab, whose schedules are settings of the project, those of which past runs tell that one starts them. */
export function scheduledRebuilds({ pipelines, runs }: LifecycleInput): LifecycleFacts["rebuilds"]["scheduled"] {
  return pipelines.filter(isRebuild).flatMap((pipeline) => {
    const own = runs === undefined ? undefined : scheduledRuns(pipeline, runs);
    if (pipeline.schedule === undefined && (pipeline.system !== "gitlab" || own === undefined || own.length === 0))
      return [];
    return [{ pipeline, ...(own === undefined ? {} : { runs: own }) }];
  });
}

/** Those that have ended, the last one first. */
function scheduledRuns({ path, name }: LifecyclePipeline, runs: readonly PastRun[]): PastRun[] {
  return runs
    .filter(
      ({ workflow, event, conclusion }) =>
        event === "schedule" &&
        conclusion !== "" &&
        (workflow === name || workflow === path || (workflow !== "" && path.endsWith(`/${workflow}`))),
    )
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}

/** `rebuild-images.yml`, `Weekly base image`: of what else a schedule builds nobody asks for an image. */
const WHEN = /re-?build|refresh|weekly|nightly|scheduled/i;
const WHAT = /image|container|docker/i;

export function isRebuild({ path, name, steps }: LifecyclePipeline): boolean {
  if (steps.some(({ role }) => role === "build")) return true;
  return [path.split("/").at(-1) ?? "", name].some((called) => WHEN.test(called) && WHAT.test(called));
}
