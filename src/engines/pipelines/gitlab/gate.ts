/** A GitLab pipeline as what blocks: jobs and steps, for the search for scans. */
import type { GateJob, GateStep, Pipeline } from "../model.ts";
import type { GitlabLine, GitlabPipeline } from "./model.ts";

export function gatePipeline({ path, jobs }: GitlabPipeline): Pipeline {
  return {
    path,
    system: "gitlab",
    triggers: [],
    jobs: jobs.map(
      (job): GateJob => ({
        name: job.name,
        line: job.key.line,
        steps: [
          ...step("before_script", job.beforeScript),
          ...step("script", job.script),
          ...step("after_script", job.afterScript),
        ],
        // A list of exit codes that are allowed allows some of them to fail.
        mayFail: job.allowFailure?.value === "true" || job.exitCodes.length > 0,
        disabled: job.hidden || job.when?.value === "never",
      }),
    ),
  };
}

function step(name: string, lines: readonly GitlabLine[]): GateStep[] {
  const [first] = lines;
  if (first === undefined) return [];
  const { line, column } = first.text.place;
  return [{ line, column, name, with: {}, run: lines.map(({ text }) => text.value).join("\n"), mayFail: false }];
}
