/** Every `if` of a file. */
import type { GithubFile, Job, Step, Text } from "../../../engines/pipelines/model.ts";
import { inJob, jobsOf, stepName, stepsOf } from "./steps.ts";

export interface PlacedCondition {
  readonly condition: Text;
  /** `job build`, `job build: step Deploy`. */
  readonly about: string;
  readonly job?: Job;
  readonly step?: Step;
}

/** Of jobs, then of steps, each in the file's order. */
export function conditionsOf(file: GithubFile): PlacedCondition[] {
  const ofJobs = jobsOf(file).flatMap((job): PlacedCondition[] =>
    job.if === undefined ? [] : [{ condition: job.if, about: `job ${job.id}`, job }],
  );
  const ofSteps = stepsOf(file).flatMap(({ step, job }): PlacedCondition[] => {
    if (step.if === undefined) return [];
    const about = `${inJob(job)}step ${stepName(step)}`;
    return [{ condition: step.if, about, step, ...(job === undefined ? {} : { job }) }];
  });
  return [...ofJobs, ...ofSteps];
}
