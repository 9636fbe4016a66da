/** What workflows and actions use: other actions, other workflows, images; and the jobs that do. */
import { once } from "../../../core/once.ts";
import {
  type CallJob,
  type Container,
  type Field,
  type GithubFile,
  type Job,
  type Place,
  type Step,
  type StepsJob,
  type Text,
  truthOf,
  type Uses,
  type UsesStep,
} from "../../../engines/pipelines/model.ts";
import { actionName, fieldNamed, isAction } from "./steps.ts";

export interface PlacedUses {
  readonly uses: Uses;
  readonly with: readonly Field[];
  readonly job?: Job;
  /** Absent where the job itself is what is used. */
  readonly step?: UsesStep;
  /** Of the step or the job's key. */
  readonly place: Place;
}

/** A file is read once, and a dozen checks ask for what it uses. */
const known = new WeakMap<GithubFile, readonly PlacedUses[]>();

/** Actions that steps use and workflows that jobs are, in the file's order; of what may run. */
export function usesOf(file: GithubFile): readonly PlacedUses[] {
  const before = known.get(file);
  if (before !== undefined) return before;
  const found = usesIn(file);
  known.set(file, found);
  return found;
}

function usesIn(file: GithubFile): PlacedUses[] {
  if (file.kind === "action") return file.steps.flatMap((step) => usesOfStep(step));
  return file.jobs
    .filter(mayRun)
    .flatMap((job): PlacedUses[] =>
      job.kind === "call"
        ? [{ uses: job.uses, with: job.with, job, place: job.place }]
        : job.steps.flatMap((step) => usesOfStep(step, job)),
    );
}

function usesOfStep(step: Step, job?: StepsJob): PlacedUses[] {
  if (step.kind !== "uses" || !mayRun(step)) return [];
  return [{ uses: step.uses, with: step.with, step, place: step.place, ...(job === undefined ? {} : { job }) }];
}

/** Not where its `if` is false whatever happens: people switch steps off so, and list actions for Dependabot. */
export function mayRun({ if: condition }: { readonly if?: Text }): boolean {
  return condition === undefined || mayHold(condition);
}

const mayHold = once(({ expressions: [only, ...more] }: Text): boolean => {
  const tree = more.length === 0 ? only?.tree : undefined;
  return tree === undefined || truthOf(tree) !== false;
});

/** Steps job by job, a composite action's as one list: what runs on one machine, one after the other. */
export function stepListsOf(file: GithubFile): readonly { readonly job?: StepsJob; readonly steps: readonly Step[] }[] {
  if (file.kind === "action") return [{ steps: file.steps.filter(mayRun) }];
  return stepsJobs(file).map((job) => ({ job, steps: job.steps.filter(mayRun) }));
}

export function jobsOf(file: GithubFile): readonly Job[] {
  return file.kind === "workflow" ? file.jobs : [];
}

export const stepsJobs = once((file: GithubFile): readonly StepsJob[] =>
  jobsOf(file)
    .filter((job) => job.kind === "steps")
    .filter(mayRun),
);

export function callJobs(file: GithubFile): CallJob[] {
  return jobsOf(file).filter((job) => job.kind === "call");
}

/** `owner/repository` in lower case, as GitHub compares them; absent of what is no repository. */
export function repositoryOf(uses: Uses): string | undefined {
  return uses.kind === "repository" ? `${uses.owner}/${uses.repository}`.toLowerCase() : undefined;
}

/** The same with what is below it: `github/codeql-action/init`. */
export function loweredName(uses: Uses): string | undefined {
  return uses.kind === "repository" ? actionName(uses).toLowerCase() : undefined;
}

export function isOneOf(uses: Uses, ...names: readonly string[]): boolean {
  return names.some((name) => isAction(uses, name));
}

/** An action's input; absent where it is not given, or no scalar. */
export function inputOf(fields: readonly Field[], name: string): Text | undefined {
  return fieldNamed(fields, name)?.value;
}

/** `true` and `false` however they are written; absent of anything else. */
export function booleanOf(text: Text | undefined): boolean | undefined {
  const value = text?.value.trim().toLowerCase();
  return value === "true" ? true : value === "false" ? false : undefined;
}

/** A job's own container and its services. */
export function containersOf(job: StepsJob): { readonly what: string; readonly container: Container }[] {
  return [
    ...(job.container === undefined ? [] : [{ what: "container", container: job.container }]),
    ...job.services.map(({ name, container }) => ({ what: `service ${name}`, container })),
  ];
}
