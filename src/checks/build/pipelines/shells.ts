/** Which shell runs a script ("Workflow syntax", `defaults.run.shell` and `jobs.<job_id>.steps[*].shell`). */
import type { GithubFile, RunStep, StepsJob, Text } from "../../../engines/pipelines/model.ts";

export interface Shell {
  /** `bash`, `pwsh`, `cmd`, `python`: without folder, ending and arguments. Absent where it is computed. */
  readonly program?: string;
  /** Where it is stated; absent where it follows from the runner. */
  readonly stated?: Text;
}

/** The step's, the job's, the workflow's, or the runner's own: bash, and pwsh on Windows. A runner that is computed has the usual one. */
export function shellOf(step: RunStep, job: StepsJob | undefined, file: GithubFile): Shell {
  const workflow = file.kind === "workflow" ? file : undefined;
  const stated = step.shell ?? job?.defaults?.shell ?? workflow?.defaults?.shell;
  if (stated !== undefined) {
    return stated.expressions.length > 0 ? { stated } : { program: programOf(stated.value), stated };
  }
  return { program: job !== undefined && isWindows(job) ? "pwsh" : "bash" };
}

/** Labels of GitHub's own runners say it. */
export function isWindows({ runsOn, container }: StepsJob): boolean {
  return container === undefined && runsOn.labels.some(({ value }) => /^windows(?:-|$)/i.test(value));
}

function programOf(shell: string): string {
  const first = shell.trim().split(/\s/, 1)[0] ?? "";
  const name = first.split(/[\\/]/).at(-1) ?? first;
  return name.toLowerCase().replace(/\.exe$/, "");
}

export const isPosixShell = (program: string | undefined): boolean =>
  program !== undefined && ["bash", "sh", "dash", "zsh", "ksh", "ash"].includes(program);

export const isPowerShell = (program: string | undefined): boolean => program === "pwsh" || program === "powershell";
