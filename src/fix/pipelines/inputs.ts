/** Inputs of actions that are set, or set to something else. */

import { publisherOf } from "../../checks/build/pipelines/publishing.ts";
import { fieldNamed, isAction, stepsOf } from "../../checks/build/pipelines/steps.ts";
import { CACHE_ACTIONS } from "../../checks/knowledge/cache-actions.ts";
import type { Finding, Graded, TextEdit } from "../../core/finding.ts";
import type { Step, UsesStep } from "../../engines/pipelines/model.ts";
import type { Proposal } from "./proposal.ts";
import { edit, entryAfter, entryBefore, firstEntry, hasKey, isAt, keyStart, type PipelineSource } from "./source.ts";

/** Sets an input of a step. Undefined where the file is not written in a way to do so. */
export function withInput(source: PipelineSource, step: UsesStep, name: string, value: string): TextEdit | undefined {
  if (step.withComputed !== undefined) return undefined;
  const stated = fieldNamed(step.with, name);
  if (stated !== undefined) {
    if (stated.value === undefined || stated.value.style === "literal" || stated.value.style === "folded")
      return undefined;
    return edit(source, stated.value.place.start, stated.value.place.end, value);
  }
  const line = `${name}: ${value}`;
  const first = firstEntry(source, step.with);
  if (first !== undefined) return entryBefore(source, first, [line]);
  if (step.with.length > 0) return undefined;
  const key = keyStart(source, "uses", step.uses.text.place);
  if (key === undefined || hasKey(source, step.place, "with")) return undefined;
  return entryAfter(source, key, step.uses.text.place, ["with:", `  ${line}`]);
}

const PUSHES = /\bgit\s+(?:[^\n;|&]{0,200}\s)?(?:push|fetch|pull|submodule)\b/;

/** `persist-credentials: false`, but where a later step of the job pushes with what it leaves. */
export function withoutPersistedCredentials(finding: Finding, source: PipelineSource): Proposal | undefined {
  if (source.file.kind === "dependabot") return undefined;
  for (const { step, job } of stepsOf(source.file)) {
    if (step.kind !== "uses" || !isAt(step.place, finding.locations.slice(0, 1))) continue;
    const made = withInput(source, step, "persist-credentials", "false");
    if (made === undefined) return undefined;
    const steps = job?.steps ?? (source.file.kind === "action" ? source.file.steps : []);
    const user = steps.slice(step.index + 1).find(usesGit);
    const graded: Graded =
      user === undefined
        ? { grade: "likely", reason: "no later step of the job calls git push or fetch, but a program of it may" }
        : { grade: "needs knowledge", reason: "a later step uses git with what the checkout leaves" };
    return { ...graded, edits: [made] };
  }
  return undefined;
}

/** Actions that push by what the checkout left. */
const PUSHING =
  /(?:auto-commit|add-and-commit|create-pull-request|push-action|gh-pages|semantic-release|changesets|release-please|pages-deploy|bump)/i;

function usesGit(step: Step): boolean {
  if (step.kind === "run") return PUSHES.test(step.run.value) || publisherOf(step) === "semantic-release";
  // Code of the repository itself may do anything.
  return step.uses.kind === "local" || PUSHING.test(step.uses.text.value);
}

/** The cache of an action that has one input to turn it off. */
export function withoutCache(finding: Finding, source: PipelineSource): Proposal | undefined {
  if (source.file.kind === "dependabot") return undefined;
  const edits: TextEdit[] = [];
  for (const { step } of stepsOf(source.file)) {
    if (step.kind !== "uses" || !isAt(step.uses.text.place, finding.locations)) continue;
    const action = CACHE_ACTIONS.find((one) => isAction(step.uses, one.action));
    if (action === undefined) continue;
    // An action that restores and does nothing else has nothing left to do.
    const off = action.inputs.find(({ turnOff }) => turnOff !== undefined);
    if (off?.turnOff === undefined || off.input === "lookup-only") return undefined;
    const named = action.inputs.find(
      (input) => input.when !== "set" && input !== off && fieldNamed(step.with, input.input),
    );
    if (named !== undefined && named.input !== off.input) return undefined;
    const made = withInput(source, step, off.input, off.turnOff);
    if (made === undefined) return undefined;
    edits.push(made);
  }
  const [first, ...more] = edits;
  if (first === undefined) return undefined;
  return {
    grade: "likely",
    reason: "the job takes longer, and whatever else reads the cache is not in the file",
    edits: [first, ...more],
  };
}
