/** A GitLab pipeline as what blocks: jobs and steps, for the search for scans. */
import type { GateJob, GateStep, Pipeline } from "../model.ts";
import type { GitlabJob, GitlabLine, GitlabPipeline } from "./model.ts";

export function gitlabGates({ path, jobs }: GitlabPipeline): Pipeline {
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
          // Its exit code changes no result of the job ("CI/CD YAML syntax reference", after_script).
          ...step("after_script", job.afterScript, true),
        ],
        mayFail: mayFail(job),
        disabled: job.hidden || job.when?.value === "never",
      }),
    ),
  };
}

/** Whether the pipeline goes on where it fails: a list of exit codes that are allowed allows some of them to fail. */
export function mayFail({ allowFailure, exitCodes }: GitlabJob): boolean {
  return /^(?:true|yes|on)$/i.test(allowFailure?.value ?? "") || exitCodes.length > 0;
}

/** One a line, so that a scan is told with its own place. */
function step(name: string, lines: readonly GitlabLine[], mayFail = false): GateStep[] {
  return lines.map(({ text: { value, place } }) => {
    return { line: place.line, column: place.column, name, with: {}, run: value, mayFail };
  });
}
