/** Steps of workflows and composite actions alike, with what they inherit: shell, permissions, names. */
import { once } from "../../../core/once.ts";
import type {
  Field,
  GithubFile,
  Job,
  Permissions,
  RunStep,
  Step,
  StepsJob,
  Text,
  Uses,
  Workflow,
} from "../../../engines/pipelines/model.ts";

export interface PlacedStep {
  readonly step: Step;
  /** Absent in an action. */
  readonly job?: StepsJob;
  readonly file: GithubFile;
}

/** All steps, in the file's order. */
export function* stepsOf(file: GithubFile): Generator<PlacedStep> {
  if (file.kind === "action") {
    for (const step of file.steps) yield { step, file };
    return;
  }
  for (const job of file.jobs) {
    if (job.kind === "steps") for (const step of job.steps) yield { step, job, file };
  }
}

/** `job build`, or `action` where there are no jobs: what subjects begin with. */
export function whereOf({ job }: Pick<PlacedStep, "job">): string {
  return job === undefined ? "action" : `job ${job.id}`;
}

/** As short as it can be told from others of its job, without its place in the list. */
export function stepName({ id, name, ...step }: Step): string {
  if (id !== undefined) return id.value;
  if (name !== undefined) return name.value;
  return step.kind === "uses" ? actionName(step.uses) : "run";
}

/** `actions/checkout`, `github/codeql-action/init`, `./build`, `docker://image`: without its ref. */
export function actionName(uses: Uses): string {
  switch (uses.kind) {
    case "repository":
      return [uses.owner, uses.repository, ...(uses.subpath === undefined ? [] : [uses.subpath])].join("/");
    case "local":
      return `./${uses.path}`;
    case "docker":
      return `docker://${uses.image}`;
    default:
      return uses.text.value;
  }
}

const loweredAction = once((uses: Uses) => actionName(uses).toLowerCase());

/** Names of actions ignore case. @param name - `actions/cache`, `actions/cache/restore`; `owner/repo/*` is any below it */
export function isAction(uses: Uses, name: string): boolean {
  if (uses.kind !== "repository") return false;
  const written = loweredAction(uses);
  const wanted = name.toLowerCase();
  if (!wanted.endsWith("/*")) return written === wanted;
  const base = wanted.slice(0, -2);
  return written === base || written.startsWith(`${base}/`);
}

/** An input of an action or a variable; names of inputs ignore case. */
export function fieldNamed(fields: readonly Field[], name: string): Field | undefined {
  const wanted = name.toLowerCase();
  return fields.find(({ key }) => key.value.toLowerCase() === wanted);
}

export interface Shell {
  /** `bash`, `pwsh`, `cmd`, `python`: the program's name without folder, ending and arguments. Absent where it is computed. */
  readonly program?: string;
  /** Where it is stated; absent where it follows from the runner. */
  readonly stated?: Text;
}

/**
 * The shell of a step: its own, the job's, the workflow's, or the runner's default ("Workflow syntax", `defaults.run.shell`):
 * bash, and pwsh on Windows. What runner it is an expression may say, then it is taken for the usual one.
 */
export function shellOf(step: RunStep, { job, file }: Pick<PlacedStep, "job" | "file">): Shell {
  const workflow = file.kind === "workflow" ? file : undefined;
  const stated = step.shell ?? job?.defaults?.shell ?? workflow?.defaults?.shell;
  if (stated !== undefined) {
    return stated.expressions.length > 0 ? { stated } : { program: programOf(stated.value), stated };
  }
  const windows = job?.runsOn.labels.some(({ value }) => /^windows(?:-|$)/i.test(value)) ?? false;
  return { program: windows && job?.container === undefined ? "pwsh" : "bash" };
}

function programOf(shell: string): string {
  const first = shell.trim().split(/\s/, 1)[0] ?? "";
  const name = first.split(/[\\/]/).at(-1) ?? first;
  return name.toLowerCase().replace(/\.exe$/, "");
}

export const isPosixShell = (program: string | undefined): boolean =>
  program !== undefined && ["bash", "sh", "dash", "zsh", "ksh", "ash"].includes(program);

export const isPowerShell = (program: string | undefined): boolean => program === "pwsh" || program === "powershell";

/** What the job's token may do: the job's own statement replaces the workflow's whole. Absent: the repository's default. */
export function permissionsOf(workflow: Workflow, job: Job): Permissions | undefined {
  return job.permissions ?? workflow.permissions;
}

/** Whether some scope may be written; undefined where none is stated, so that the repository's default decides. */
export function mayWrite(permissions: Permissions | undefined): boolean | undefined {
  if (permissions === undefined) return undefined;
  if (permissions.kind === "all") return permissions.level === "write-all";
  return permissions.grants.some(({ level }) => level.value === "write");
}

/** Every `if` of a file with what it belongs to. */
export function* conditionsOf(file: GithubFile): Generator<{ readonly condition: Text; readonly about: string }> {
  if (file.kind === "workflow") {
    for (const job of file.jobs) if (job.if !== undefined) yield { condition: job.if, about: `job ${job.id}` };
  }
  for (const placed of stepsOf(file)) {
    const condition = placed.step.if;
    if (condition !== undefined) yield { condition, about: `${whereOf(placed)}, step ${stepName(placed.step)}` };
  }
}
