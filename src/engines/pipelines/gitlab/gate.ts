/** A GitLab pipeline as what blocks: jobs and steps, for the search for scans. */
import type { GateJob, GateStep, Pipeline } from "../model.ts";
import { STRICT } from "../script-options.ts";
import type { GitlabJob, GitlabLine, GitlabPipeline } from "./model.ts";

export function gitlabGates({ path, jobs, variables }: GitlabPipeline): Pipeline {
  return {
    path,
    system: "gitlab",
    triggers: [],
    jobs: jobs.map((job): GateJob => {
      const set = Object.fromEntries(
        [...variables, ...job.variables].flatMap(({ name, value }) =>
          value === undefined ? [] : [[name, value.value]],
        ),
      );
      return {
        name: job.name,
        line: job.key.line,
        steps: [
          ...step("before_script", job.beforeScript, set),
          ...step("script", job.script, set),
          // Its exit code changes no result of the job ("CI/CD YAML syntax reference", after_script).
          ...step("after_script", job.afterScript, set, true),
        ],
        mayFail: mayFail(job),
        disabled: job.hidden || job.when?.value === "never",
      };
    }),
  };
}

/** Whether the pipeline goes on where it fails: a list of exit codes that are allowed allows some of them to fail. */
export function mayFail({ allowFailure, exitCodes }: GitlabJob): boolean {
  return /^(?:true|yes|on)$/i.test(allowFailure?.value ?? "") || exitCodes.length > 0;
}

/** One a line, so that a scan is told with its own place. */
function step(
  name: string,
  lines: readonly GitlabLine[],
  variables: Readonly<Record<string, string>>,
  mayFail = false,
): GateStep[] {
  return lines.map(({ text: { value, place } }) => {
    const { line, column } = place;
    return { line, column, name, with: {}, run: value, mayFail, options: STRICT, variables, folder: "" };
  });
}
