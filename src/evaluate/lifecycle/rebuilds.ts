/** Pipelines that a schedule starts to build images anew. */
import type { LifecycleFacts } from "../../checks/subjects/lifecycle.ts";
import type { LifecyclePipeline } from "../../engines/pipelines/model.ts";
import { basesOf } from "./bases.ts";
import type { LifecycleInput } from "./input.ts";

export function rebuildFacts(input: LifecycleInput): LifecycleFacts["rebuilds"] | undefined {
  const scheduled = input.pipelines.filter((pipeline) => pipeline.schedule !== undefined && isRebuild(pipeline));
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
    ...(input.runs === undefined ? {} : { runs: input.runs }),
  };
}

/** `rebuild-images.yml`, `Weekly base image`: of what else a schedule builds nobody asks for an image. */
const WHEN = /re-?build|refresh|weekly|nightly|scheduled/i;
const WHAT = /image|container|docker/i;

export function isRebuild({ path, name, steps }: LifecyclePipeline): boolean {
  if (steps.some(({ role }) => role === "build")) return true;
  return [path.split("/").at(-1) ?? "", name].some((called) => WHEN.test(called) && WHAT.test(called));
}
