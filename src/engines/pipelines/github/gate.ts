/** A workflow as the steps that run in it: what is asked for gates. */
import { truthOf } from "../expressions/constants.ts";
import type { Field, Text } from "../field.ts";
import type { GateJob, GateStep, Pipeline } from "../model.ts";

import type { Job, Step, StepsJob, Workflow } from "./model.ts";
import { githubScriptOptions, stepsJob } from "./script-options.ts";

export function gatePipeline(workflow: Workflow): Pipeline {
  const { path, name, on, jobs } = workflow;
  return {
    path,
    system: "github",
    ...(name === undefined ? {} : { name: name.value }),
    triggers: on.map(({ event }) => event),
    jobs: jobs.map((job) => gateJob(job, workflow)),
  };
}

function gateJob(job: Job, workflow: Workflow): GateJob {
  const steps =
    job.kind === "steps" ? job.steps.flatMap((step) => (isNever(step.if) ? [] : [gateStep(step, job, workflow)])) : [];
  if (job.kind === "call") {
    // A job may be another workflow: it is then a step of its own.
    const { line, column } = job.uses.text.place;
    steps.push({ line, column, uses: job.uses.text.value, with: inputsOf(job.with), mayFail: false, variables: {} });
  }
  return {
    name: job.id,
    line: job.place.line,
    steps,
    mayFail: isAlways(job.continueOnError),
    disabled: isNever(job.if),
  };
}

function gateStep(step: Step, job: Job, workflow: Workflow): GateStep {
  const own = stepsJob(job);
  const folder = folderOf(step, own, workflow);
  return {
    line: step.place.line,
    column: step.place.column,
    ...(step.name === undefined ? {} : { name: step.name.value }),
    ...(step.kind === "uses" ? { uses: step.uses.text.value } : { run: step.run.value }),
    with: step.kind === "uses" ? inputsOf(step.with) : {},
    mayFail: isAlways(step.continueOnError),
    ...(step.kind === "run" ? { options: githubScriptOptions(step, own, workflow) } : {}),
    variables: inputsOf([...workflow.env, ...(own?.env ?? []), ...step.env]),
    ...(folder === undefined ? {} : { folder }),
  };
}

/** An action runs in the root; undefined of a folder that an expression names. */
export function folderOf(step: Step, job: StepsJob | undefined, workflow: Workflow | undefined): string | undefined {
  if (step.kind === "uses") return "";
  const stated = step.workingDirectory ?? job?.defaults?.workingDirectory ?? workflow?.defaults?.workingDirectory;
  if (stated === undefined) return "";
  return stated.expressions.length > 0 ? undefined : stated.value.trim();
}

function inputsOf(fields: readonly Field[]): Record<string, string> {
  const inputs: Record<string, string> = {};
  for (const { key, value } of fields)
    if (value !== undefined && key.value !== "__proto__") inputs[key.value] = value.value;
  return inputs;
}

/** Whether what it says holds, whatever runs. */
export function isAlways(text: Text | undefined): boolean {
  return text !== undefined && soleTruth(text) === true;
}

/** Whether what it says never holds, whatever runs. */
export function isNever(condition: Text | undefined): boolean {
  return condition !== undefined && soleTruth(condition) === false;
}

/** Of a text that is one expression, or a word. */
function soleTruth(text: Text): boolean | undefined {
  const [only, ...more] = text.expressions;
  if (only === undefined) return text.type === "boolean" ? text.value.toLowerCase() === "true" : undefined;
  const isWhole = only.bare || text.value.trim().length === only.place.end - only.place.start;
  return more.length === 0 && isWhole && only.tree !== undefined ? truthOf(only.tree) : undefined;
}
