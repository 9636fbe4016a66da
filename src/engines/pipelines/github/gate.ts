/** A workflow as the steps that run in it: what is asked for gates. */
import { truthOf } from "../expressions/constants.ts";
import type { Field, Text } from "../field.ts";
import type { GateJob, GateStep, Pipeline } from "../model.ts";
import type { Job, Step, Workflow } from "./model.ts";

export function gatePipeline({ path, name, on, jobs }: Workflow): Pipeline {
  return {
    path,
    system: "github",
    ...(name === undefined ? {} : { name: name.value }),
    triggers: on.map(({ event }) => event),
    jobs: jobs.map(gateJob),
  };
}

function gateJob(job: Job): GateJob {
  const steps = job.kind === "steps" ? job.steps.flatMap((step) => (isNever(step.if) ? [] : [gateStep(step)])) : [];
  if (job.kind === "call") {
    // A job may be another workflow: it is then a step of its own.
    const { line, column } = job.uses.text.place;
    steps.push({ line, column, uses: job.uses.text.value, with: inputsOf(job.with), mayFail: false });
  }
  return {
    name: job.id,
    line: job.place.line,
    steps,
    mayFail: isAlways(job.continueOnError),
    disabled: isNever(job.if),
  };
}

function gateStep(step: Step): GateStep {
  return {
    line: step.place.line,
    column: step.place.column,
    ...(step.name === undefined ? {} : { name: step.name.value }),
    ...(step.kind === "uses" ? { uses: step.uses.text.value } : { run: step.run.value }),
    with: step.kind === "uses" ? inputsOf(step.with) : {},
    mayFail: isAlways(step.continueOnError),
  };
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
