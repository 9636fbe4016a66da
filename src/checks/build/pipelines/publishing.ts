/** Whether a job hands on what it builds, and by what. */
import { once } from "../../../core/once.ts";
import type { Place, Step, StepsJob, Text, Workflow } from "../../../engines/pipelines/model.ts";
import { PUBLISHING_ACTIONS, PUBLISHING_COMMANDS, PUSHING_ACTIONS } from "../../knowledge/publishers.ts";
import type { KnownRun } from "./known-truth.ts";
import { actionName } from "./steps.ts";
import { inputOf } from "./uses.ts";

export interface Publishing {
  /** `a release event`, `pypa/gh-action-pypi-publish`. */
  readonly by: string;
  readonly place: Place;
  /** Runs that publish; one each. */
  readonly runs: readonly KnownRun[];
}

/** By the workflow's triggers, else by a step of the job. */
export function publishingOf(workflow: Workflow, job: StepsJob): Publishing | undefined {
  return byTriggers(workflow) ?? byStep(job);
}

function byTriggers({ on }: Workflow): Publishing | undefined {
  const release = on.find(({ event }) => event === "release");
  const push = on.find(({ event }) => event === "push");
  const runs: KnownRun[] = [];
  if (release !== undefined) runs.push({ event: "release", refType: "tag" });
  if (push !== undefined && push.tags.length > 0) runs.push({ event: "push", refType: "tag" });
  const isReleaseBranch = push?.branches.some(({ value }) => value.toLowerCase().includes("release")) ?? false;
  if (isReleaseBranch) runs.push({ event: "push", refType: "branch" });
  const trigger = release ?? push;
  if (runs.length === 0 || trigger === undefined) return undefined;
  const by =
    release !== undefined ? "a release event" : isReleaseBranch ? "a push to a release branch" : "a pushed tag";
  return { by, place: trigger.place, runs };
}

function byStep({ steps }: StepsJob): Publishing | undefined {
  for (const step of steps) {
    const by = publisherOf(step);
    if (by !== undefined)
      return { by, place: step.kind === "uses" ? step.uses.text.place : step.run.place, runs: [{}] };
  }
  return undefined;
}

/** What the step publishes by: the action, or the command's words. */
export const publisherOf = once(publisherIn);

function publisherIn(step: Step): string | undefined {
  if (step.kind === "run") return publishingCommand(step.run);
  const name = actionName(step.uses);
  const lowered = name.toLowerCase();
  if (PUBLISHING_ACTIONS.has(lowered)) return name;
  if (!PUSHING_ACTIONS.has(lowered)) return undefined;
  const push = inputOf(step.with, "push");
  if (push !== undefined && (push.expressions.length > 0 || push.value.trim().toLowerCase() === "true")) return name;
  return inputOf(step.with, "outputs")?.value.includes("push=true") === true ? name : undefined;
}

function publishingCommand({ value }: Text): string | undefined {
  for (const line of value.split("\n")) {
    const words = ` ${line.trim().split(/\s+/).join(" ")} `;
    // A dry run hands nothing on.
    if (words.startsWith(" #") || words.includes(" --dry-run ")) continue;
    const found = PUBLISHING_COMMANDS.find((command) => words.includes(` ${command} `));
    if (found !== undefined) return found;
  }
  return undefined;
}
