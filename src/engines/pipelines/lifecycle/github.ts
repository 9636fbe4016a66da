/** A workflow of GitHub, or an action's metadata, as what it does to images. */

import { append } from "../../../core/append.ts";
import type { Field, Text } from "../field.ts";
import { folderOf, isAlways, isNever } from "../github/gate.ts";
import type { GithubFile, Job, ScriptCommand, Step, StepsJob, Uses, Workflow } from "../github/model.ts";
import { githubScriptOptions } from "../github/script-options.ts";
import {
  exportedBy,
  NO_SCANNER_FILES,
  type ScannerFiles,
  type ScannerSettings,
  setForLater,
} from "../scanner-settings.ts";

import { LOOKS_AT_CODES } from "../script-options.ts";
import { actsOfAction, isUpload } from "./actions.ts";
import { isShallowAfter } from "./checkout.ts";
import { type Gathered, mention, setBy, startGathering, stepOf, takeCommand } from "./gathered.ts";
import type { Known } from "./image.ts";
import type { LifecyclePipeline, Schedule } from "./model.ts";
import { mayAct } from "./opaque.ts";
import { reachable } from "./reachable.ts";
import { silencedBy } from "./silenced.ts";

/** What never runs does nothing: jobs and steps whose `if` is false whatever happens are left out. */
export function githubLifecycle(file: GithubFile, files = NO_SCANNER_FILES): LifecyclePipeline {
  const gathered = startGathering();
  // Taken apart scripts are larger than all else of a file: not for those that have nothing to do with images.
  const { commands, unread } = scriptsOf(file).some(({ value }) => mayAct(value)) ? file.runScripts : NO_SCRIPTS;
  const byStep = Map.groupBy(commands, ({ step }) => step);
  append(
    gathered.opaque,
    unread.map(({ place, reason }) => ({ what: reason, place })),
  );
  if (file.kind === "action") {
    takeSteps(gathered, file.steps, { path: file.path, byStep, known: new Map(), files });
  } else for (const job of file.jobs) takeJob(gathered, job, file, { byStep, files });
  const schedule = file.kind === "workflow" ? scheduleOf(file) : undefined;
  return {
    path: file.path,
    system: "github",
    name: file.name?.value ?? file.path,
    ...gathered,
    before: file.kind === "workflow" ? beforeEach(file.jobs) : new Map(),
    ...(schedule === undefined ? {} : { schedule }),
  };
}

const NO_SCRIPTS = { commands: [], unread: [] } as const;

function scriptsOf(file: GithubFile): Text[] {
  const jobs = file.kind === "action" ? [] : file.jobs.filter((job) => job.kind === "steps");
  const steps = file.kind === "action" ? file.steps : jobs.flatMap((job) => job.steps);
  return steps.flatMap((step) => (step.kind === "run" ? [step.run] : []));
}

interface Around {
  readonly path: string;
  readonly job?: StepsJob;
  readonly workflow?: Workflow;
  readonly files: ScannerFiles;
  readonly byStep: ReadonlyMap<Step, readonly ScriptCommand[]>;
  readonly known: Known;
}

function takeJob(into: Gathered, job: Job, file: Workflow, { byStep, files }: Pick<Around, "byStep" | "files">): void {
  if (isNever(job.if)) return;
  if (job.kind === "steps") {
    const known = knownOf(file.env, job.env);
    takeSteps(into, job.steps, { path: file.path, job, workflow: file, byStep, known, files });
    return;
  }
  const { uses } = job;
  const acts = uses.kind === "repository" ? actsOfAction(nameOf(uses), inputsOf(job.with)) : [];
  const place = uses.text.place;
  for (const act of acts)
    into.steps.push(stepOf(act, { path: file.path, job: job.id, index: 0, place, known: new Map() }));
  // A local one is a file of its own, and read as such.
  if (acts.length === 0 && uses.kind !== "local") into.opaque.push({ what: uses.text.value, place });
}

function takeSteps(into: Gathered, steps: readonly Step[], around: Around): void {
  const { path, job, workflow, byStep, known: outer } = around;
  const later = new Map<string, string>();
  let index = 0;
  let isShallow = false;
  for (const step of steps) {
    if (isNever(step.if)) continue;
    const mayFail =
      job !== undefined && isAlways(job.continueOnError)
        ? "its job may fail (continue-on-error)"
        : isAlways(step.continueOnError)
          ? "the step may fail (continue-on-error)"
          : undefined;
    const known = knownOf(step.env, [], outer);
    const settings = settingsOf(step, around, later);
    const at = { path, job: job?.id ?? "", known, settings, ...(step.if === undefined ? {} : { condition: step.if }) };
    if (step.kind === "uses") {
      const { uses } = step;
      const inputs = inputsOf(step.with);
      const place = uses.text.place;
      const name = nameOf(uses);
      if (name === "actions/checkout") isShallow = inputs.get("fetch-depth")?.trim() !== "0";
      for (const act of actsOfAction(name, inputs, settings))
        into.steps.push(stepOf(act, { ...at, index, place, isShallow }, mayFail));
      for (const [, text] of inputs) mention(into, { text, place, job: at.job, index, upload: isUpload(name) });
      index++;
      continue;
    }
    const commands = byStep.get(step) ?? [];
    // Of one that was not taken apart, or of a shell that is not read.
    if (commands.length === 0) {
      mention(into, { text: step.run.value, place: step.run.place, job: at.job, index, upload: false });
    }
    const shell = commands.flatMap(({ command }) => command ?? []);
    const looks = LOOKS_AT_CODES.test(step.run.value);
    const options = looks ? undefined : githubScriptOptions(step, job, workflow);
    for (const { words, place, command } of commands) {
      const [written = "", ...rest] = words;
      const program = command?.program ?? written;
      const own = command === undefined ? rest : command.arguments.map(({ text }) => text);
      const silenced = mayFail ?? (command === undefined ? undefined : silencedBy(command, shell, options));
      const run = { program, written, words: own, redirections: command?.redirections ?? [], ...setBy(command) };
      takeCommand(into, run, { ...at, index, place, isShallow }, silenced);
      if (program === "git") isShallow = isShallowAfter(own, isShallow);
      index++;
    }
    for (const [name, value] of setForLater(step.run.value)) later.set(name, value);
  }
}

/** What is set where a step runs, as it is written. */
function settingsOf(step: Step, { job, workflow, files }: Around, later: ReadonlyMap<string, string>): ScannerSettings {
  const variables = new Map(later);
  for (const { key, value } of [...(workflow?.env ?? []), ...(job?.env ?? []), ...step.env])
    if (value !== undefined) variables.set(key.value, value.value);
  if (step.kind === "uses") return { variables, folder: "", files };
  for (const [name, value] of exportedBy(step.run.value)) variables.set(name, value);
  const folder = folderOf(step, job, workflow);
  return { variables, files, ...(folder === undefined ? {} : { folder }) };
}

function nameOf(uses: Uses): string {
  if (uses.kind !== "repository") return uses.text.value.toLowerCase();
  return [uses.owner, uses.repository, ...(uses.subpath === undefined ? [] : [uses.subpath])].join("/").toLowerCase();
}

function inputsOf(fields: readonly Field[]): ReadonlyMap<string, string> {
  return new Map(
    fields.flatMap(({ key, value }) => (value === undefined ? [] : [[key.value.toLowerCase(), value.value]])),
  );
}

/** What variables hold in every run. */
function knownOf(first: readonly Field[], second: readonly Field[], outer: Known = new Map()): Known {
  const all = [...first, ...second];
  if (all.length === 0) return outer;
  const known = new Map(outer);
  for (const { key, value } of all) {
    if (value !== undefined && value.expressions.length === 0) known.set(key.value, value.value);
    else known.delete(key.value);
  }
  return known;
}

/** A job begins once those that it needs have ended, and those that they needed. */
function beforeEach(jobs: readonly Job[]): ReadonlyMap<string, ReadonlySet<string>> {
  const needs = new Map(jobs.map(({ id, needs: own }) => [id, own.map(({ value }) => value)]));
  return new Map([...needs.keys()].map((id) => [id, reachable(needs, id)]));
}

function scheduleOf({ on, jobs }: Workflow): Schedule | undefined {
  const trigger = on.find(({ event }) => event === "schedule");
  if (trigger === undefined) return undefined;
  const before = beforeEach(jobs);
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const conditions = new Map<string, readonly Text[]>();
  for (const job of jobs) {
    const needed = [...(before.get(job.id) ?? [])].flatMap((id) => byId.get(id)?.if ?? []);
    conditions.set(job.id, [...(job.if === undefined ? [] : [job.if]), ...needed]);
  }
  return { place: trigger.place, crons: trigger.crons, conditions };
}
