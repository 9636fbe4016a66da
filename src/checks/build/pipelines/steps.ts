/** Steps of workflows and composite actions, and what they use. */
import type {
  CallJob,
  Container,
  Field,
  GithubFile,
  Job,
  Place,
  RunStep,
  Step,
  StepsJob,
  Text,
  Uses,
  UsesStep,
} from "../../../engines/pipelines/model.ts";

/** A step with the job that it is in; a composite action's have none. */
export interface PlacedStep<Kind extends Step = Step> {
  readonly step: Kind;
  readonly job?: StepsJob;
}

/** Every step of the file, in its order. */
export function stepsOf(file: GithubFile): PlacedStep[] {
  if (file.kind === "action") return file.steps.map((step) => ({ step }));
  return stepsJobs(file).flatMap((job) => job.steps.map((step) => ({ step, job })));
}

/** Steps of each job apart, a composite action's as one list: what runs on one machine, one after the other. */
export function stepListsOf(file: GithubFile): { readonly job?: StepsJob; readonly steps: readonly Step[] }[] {
  return file.kind === "action" ? [{ steps: file.steps }] : stepsJobs(file);
}

export function runStepsOf(file: GithubFile): PlacedStep<RunStep>[] {
  return stepsOf(file).flatMap(({ step, ...more }) => (step.kind === "run" ? [{ step, ...more }] : []));
}

export function jobsOf(file: GithubFile): readonly Job[] {
  return file.kind === "workflow" ? file.jobs : [];
}

export function stepsJobs(file: GithubFile): StepsJob[] {
  return jobsOf(file).filter((job) => job.kind === "steps");
}

export function callJobs(file: GithubFile): CallJob[] {
  return jobsOf(file).filter((job) => job.kind === "call");
}

/** What the file uses: an action by a step, or another workflow by a job. */
export interface PlacedUses {
  readonly uses: Uses;
  readonly with: readonly Field[];
  readonly job?: Job;
  /** Absent where the job itself is what is used. */
  readonly step?: UsesStep;
  /** Of the step or the job's key. */
  readonly place: Place;
}

/** In the file's order. */
export function usesOf(file: GithubFile): PlacedUses[] {
  if (file.kind === "action") return file.steps.flatMap((step) => usesOfStep(step));
  return file.jobs.flatMap((job): PlacedUses[] =>
    job.kind === "call"
      ? [{ uses: job.uses, with: job.with, job, place: job.place }]
      : job.steps.flatMap((step) => usesOfStep(step, job)),
  );
}

function usesOfStep(step: Step, job?: StepsJob): PlacedUses[] {
  if (step.kind !== "uses") return [];
  return [{ uses: step.uses, with: step.with, step, place: step.place, ...(job === undefined ? {} : { job }) }];
}

/** `owner/repository` or `owner/repository/subpath` in lower case, as GitHub compares them; absent of what is no repository. */
export function actionName(uses: Uses): string | undefined {
  if (uses.kind !== "repository") return undefined;
  const { owner, repository, subpath } = uses;
  return `${owner}/${repository}${subpath === undefined ? "" : `/${subpath}`}`.toLowerCase();
}

/** Whether it is one of these actions, written in lower case: `isAction(uses, "actions/checkout")`. */
export function isAction(uses: Uses, ...names: readonly string[]): boolean {
  const name = actionName(uses);
  return name !== undefined && names.includes(name);
}

/** What is used without its version, as it is written: what subjects are made of. */
export function usesName(uses: Uses): string {
  if (uses.kind === "docker") return `docker://${uses.image}`;
  if (uses.kind === "repository") {
    return [uses.owner, uses.repository, ...(uses.subpath === undefined ? [] : [uses.subpath])].join("/");
  }
  return uses.text.value;
}

/** An action's input by its name in lower case; runners ignore the case. Absent where it is not given, or no scalar. */
export function inputOf(fields: readonly Field[], name: string): Text | undefined {
  return inputField(fields, name)?.value;
}

export function inputField(fields: readonly Field[], name: string): Field | undefined {
  return fields.findLast(({ key }) => key.value.toLowerCase() === name);
}

/** The value of an entry of a mapping whose names mind their case: of `env`. */
export function entryOf(fields: readonly Field[], name: string): Text | undefined {
  return fields.findLast(({ key }) => key.value === name)?.value;
}

/** `true` and `false` however they are written; absent of anything else. */
export function booleanOf(text: Text | undefined): boolean | undefined {
  const value = text?.value.trim().toLowerCase();
  return value === "true" ? true : value === "false" ? false : undefined;
}

/** The containers of a job: its own and its services. */
export function containersOf(job: StepsJob): { readonly what: string; readonly container: Container }[] {
  return [
    ...(job.container === undefined ? [] : [{ what: "container", container: job.container }]),
    ...job.services.map(({ name, container }) => ({ what: `service ${name}`, container })),
  ];
}

/** Where it is, for subjects and titles: `job build`; empty in an action's metadata. */
export function inJob(job: Job | undefined): string {
  return job === undefined ? "" : `job ${job.id}: `;
}

/** What a step is called for subjects: its id, its name, what it uses, or its place among the steps. */
export function stepName(step: Step): string {
  const named = step.id?.value ?? step.name?.value;
  if (named !== undefined && named.trim() !== "") return named.trim();
  return step.kind === "uses" ? usesName(step.uses) : `step ${step.index + 1}`;
}
