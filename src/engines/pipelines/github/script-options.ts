/** With which options GitHub starts the shell of a script. */
import { afterSet, type ScriptOptions, STRICT } from "../script-options.ts";
import type { Job, RunStep, StepsJob, Workflow } from "./model.ts";

/** The `-e` that GitHub gives to bash where no shell is named, and to sh. */
const ERREXIT: ScriptOptions = { errexit: true, pipefail: false };
/** PowerShell ends with the exit code of the program that ran last, and passes its own commands of a pipe over. */
const LAST: ScriptOptions = { errexit: false, pipefail: true };

/**
 * As GitHub starts it ("Workflow syntax", `jobs.<job_id>.steps[*].shell`): nothing stated is `bash -e {0}`, `bash` is
 * `bash --noprofile --norc -eo pipefail {0}`, `sh` is `sh -e {0}`; any other text is a command line of its own.
 */
export function githubScriptOptions(
  { shell }: Pick<RunStep, "shell">,
  job: Pick<StepsJob, "defaults" | "runsOn" | "container"> | undefined,
  workflow: Pick<Workflow, "defaults"> | undefined,
): ScriptOptions {
  const stated = shell ?? job?.defaults?.shell ?? workflow?.defaults?.shell;
  if (stated === undefined) {
    const isWindows = job?.runsOn.labels.some(({ value }) => /^windows(?:-|$)/i.test(value)) === true;
    return isWindows && job?.container === undefined ? LAST : ERREXIT;
  }
  if (stated.expressions.length > 0) return STRICT;
  const [program = "", ...options] = stated.value.trim().split(/\s+/);
  if (options.length === 0) return BUILT_IN.get(program.toLowerCase()) ?? STRICT;
  const name = (program.split(/[\\/]/).at(-1) ?? program).toLowerCase().replace(/\.exe$/, "");
  if (/^(?:pwsh|powershell|cmd)$/.test(name)) return LAST;
  return /^(?:bash|sh|dash|ash|zsh|ksh)$/.test(name) ? afterSet({ errexit: false, pipefail: false }, options) : STRICT;
}

const BUILT_IN: ReadonlyMap<string, ScriptOptions> = new Map([
  ["bash", STRICT],
  ["sh", ERREXIT],
  ["pwsh", LAST],
  ["powershell", LAST],
  ["cmd", { errexit: false, pipefail: false }],
]);

/** Undefined of a job that is another workflow. */
export function stepsJob(job: Job): StepsJob | undefined {
  return job.kind === "steps" ? job : undefined;
}
