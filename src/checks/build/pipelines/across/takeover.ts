/** Where an outsider's code, or text that becomes code, runs in a job ("Secure use reference"; "Preventing pwn requests"). */
import type { Confidence } from "../../../../core/finding.ts";
import {
  type ContextExpression,
  contextName,
  contextsOf,
  type Place,
  type RunningJob,
  type RunningStep,
  type Text,
} from "../../../../engines/pipelines/model.ts";
import { codeInputsOf } from "../../../knowledge/code-inputs.ts";
import { eventsFilling } from "../../../knowledge/event-contexts.ts";
import { runnerIn } from "../directory-runners.ts";
import { foreignDownload } from "../downloads.ts";
import { originsOfText } from "../origins.ts";
import { actionName, isAction } from "../steps.ts";
import { inputOf } from "../uses.ts";
import { mayRun, type Scenario } from "./scenario.ts";

export interface Takeover {
  /** `runs npm after it checks out the pull request`: follows the job's name. */
  readonly how: string;
  /** Where the code runs. */
  readonly place: Place;
  /** Where it comes from: the checkout, the download. */
  readonly from: readonly Place[];
  readonly confidence: Confidence;
}

/** What an outsider's files came by, so far. */
interface Foreign {
  readonly by: string;
  readonly place: Place;
  readonly confidence: Confidence;
}

/** The first step at which an outsider's code runs in that scenario; undefined where none does as far as the files say. */
export function takeoverOf(running: RunningJob, scenario: Scenario): Takeover | undefined {
  let foreign: Foreign | undefined;
  for (const one of running.steps) {
    if (!mayRun(one, scenario)) continue;
    const injected = injectionIn(one, running, scenario);
    if (injected !== undefined) return injected;
    const found = foreign === undefined ? undefined : runOf(one, foreign);
    if (found !== undefined) return found;
    foreign = foreignIn(one, scenario) ?? foreign;
    // A script may fetch and run at once.
    const own = foreign?.place === ownPlace(one) ? runOf(one, foreign) : undefined;
    if (own !== undefined) return own;
  }
  return undefined;
}

/** A checkout whose files an outsider wrote, in this scenario. */
export function foreignCheckout(running: RunningJob, scenario: Scenario): Place | undefined {
  for (const one of running.steps) {
    const found = mayRun(one, scenario) ? foreignIn(one, scenario) : undefined;
    if (found !== undefined) return found.place;
  }
  return undefined;
}

function ownPlace({ step }: RunningStep): Place {
  return step.kind === "run" ? step.run.place : step.uses.text.place;
}

function runOf({ step }: RunningStep, foreign: Foreign): Takeover | undefined {
  const { by, place: from, confidence } = foreign;
  if (step.kind === "run") {
    const runner = runnerIn(step.run);
    return runner === undefined
      ? undefined
      : { how: `runs ${runner.what} after ${by}`, place: runner.place, from: [from], confidence };
  }
  const { uses } = step;
  if (uses.kind !== "local" || uses.text.value.startsWith("$")) return undefined;
  return { how: `uses ${uses.text.value} after ${by}`, place: uses.text.place, from: [from], confidence };
}

/** Text of the event that is put into a script. */
function injectionIn({ step, file }: RunningStep, running: RunningJob, { trigger }: Scenario): Takeover | undefined {
  const job = file === running.workflow ? { job: running.job } : {};
  const code: (Text | undefined)[] =
    step.kind === "run"
      ? [step.run]
      : codeInputsOf(actionName(step.uses).toLowerCase()).map((name) => inputOf(step.with, name));
  for (const text of code) {
    if (text === undefined || text.expressions.length === 0) continue;
    const origin = originsOfText(text, { file, step, ...job }).find(
      ({ name, capability, from }) =>
        from === "event" && capability === "arbitrary" && (eventsFilling(name)?.includes(trigger.event) ?? false),
    );
    if (origin === undefined) continue;
    const place = text.expressions[0]?.place ?? text.place;
    return { how: `expands ${origin.name} in a script`, place, from: [], confidence: "high" };
  }
  return undefined;
}

function foreignIn({ step }: RunningStep, scenario: Scenario): Foreign | undefined {
  if (step.kind === "run") return fetchedIn(step.run) ?? downloaded(step, scenario);
  if (isAction(step.uses, "actions/checkout")) {
    const ref = inputOf(step.with, "ref");
    const repository = inputOf(step.with, "repository");
    for (const text of [ref, repository]) {
      const confidence = text === undefined ? undefined : headOf(text);
      if (confidence === undefined) continue;
      return { by: "it checks out the pull request", place: step.uses.text.place, confidence };
    }
    return undefined;
  }
  return downloaded(step, scenario);
}

/** Of a run that a pull request started. */
function downloaded(step: RunningStep["step"], { after }: Scenario): Foreign | undefined {
  const download = after === undefined ? undefined : foreignDownload(step);
  if (download === undefined || download.isOutside || after === undefined) return undefined;
  const by = `it unpacks an artifact of ${after.workflow.path}`;
  return { by, place: ownPlace({ step } as RunningStep), confidence: "medium" };
}

/** How sure it is that a ref is the pull request's. */
function headOf(text: Text): Confidence | undefined {
  const contexts = text.expressions.flatMap(({ tree }) => (tree === undefined ? [] : contextsOf(tree)));
  if (/refs\/pull\//.test(text.value) && contexts.length > 0) return "high";
  const found = contexts.map(confidenceOf).filter((one) => one !== undefined);
  return found.includes("high") ? "high" : found[0];
}

const HEAD =
  /^github\.(?:head_ref$|event\.(?:number$|pull_request\.(?:head\.|merge_commit_sha$|number$)|workflow_run\.(?:head_|pull_requests))|event\.issue\.number$)/;
/** An output that says so by its name: steps look the pull request of a comment up. */
const OUTPUT = /^(?:steps|needs)\.[^.]*\.outputs\.[^.]*(?:head|sha|ref|branch|commit|pr_|pull)/;

function confidenceOf(context: ContextExpression): Confidence | undefined {
  const name = contextName(context);
  if (name === undefined) return undefined;
  if (HEAD.test(name)) return "high";
  return OUTPUT.test(name) && !name.includes("base") ? "medium" : undefined;
}

const FETCHES: readonly RegExp[] = [
  /\bgh pr checkout\b/,
  /\bgit (?:fetch|pull)\b[^\n]{0,300}\b(?:refs\/)?pull\//,
  /\bgit (?:checkout|switch|clone|fetch|pull)\b[^\n]{0,300}(?:head_ref|head\.(?:ref|sha|repo)|HEAD_(?:REF|SHA)|PR_(?:HEAD|SHA|REF))/i,
];

function fetchedIn(run: Text): Foreign | undefined {
  if (!FETCHES.some((form) => form.test(run.value))) return undefined;
  return { by: "it checks out the pull request", place: run.place, confidence: "high" };
}
