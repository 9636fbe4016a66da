/**
 * Runs workflows as GitHub's runner does, as far as the generated ones go: jobs in the order of `needs`, called workflows with their
 * inputs and secrets, steps by `bash -e` with GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH and GITHUB_STEP_SUMMARY, artifacts ("Workflow
 * commands", "Contexts reference", "Default environment variables"). Whatever it does not know ends the run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { readGithubFile } from "../../src/engines/pipelines/github/read.ts";
import { checkOut, copyFiles, makeHome, type Site } from "./site.ts";

type Map = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

export interface RanJob {
  /** `web/publish`: of a called workflow the caller's job first. */
  readonly name: string;
  readonly outputs: Texts;
  readonly summary: string;
  readonly log: string;
}

export interface Failure {
  readonly job: string;
  readonly step: string;
  readonly code: number | null;
  readonly log: string;
}

export interface WorkflowRun {
  readonly jobs: readonly RanJob[];
  /** What was attested by GitHub's own action. */
  readonly attested: readonly Texts[];
  /** The step that ended it. */
  readonly failure?: Failure;
}

interface Context {
  readonly site: Site;
  readonly folder: string;
  readonly event: string;
  readonly secrets: Texts;
  readonly jobs: RanJob[];
  readonly attested: Texts[];
}

class Failed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(`${failure.job}: ${failure.step}: ${failure.code}\n${failure.log}`);
    this.failure = failure;
  }
}

/** @param event - `push`, `schedule` or `pull_request` */
export async function runWorkflow(site: Site, path: string, event: string, secrets: Texts): Promise<WorkflowRun> {
  const folder = join(site.folder, `run-${event}-${runs++}`);
  mkdirSync(join(folder, "artifacts"), { recursive: true });
  const context: Context = { site, folder, event, secrets, jobs: [], attested: [] };
  try {
    await jobsOf(read(site, path), context, {}, secrets, "");
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return { jobs: context.jobs, attested: context.attested, failure: error.failure };
  }
  return { jobs: context.jobs, attested: context.attested };
}

let runs = 0;

function read(site: Site, path: string): Map {
  const written = readFileSync(join(site.repository, path), "utf8");
  const file = readGithubFile(path, written);
  if (file.unread.length > 0) throw new Error(JSON.stringify(file.unread));
  return parse(written) as Map;
}

/** @returns the outputs that a called workflow gives to its caller; none of one that nothing calls */
async function jobsOf(workflow: Map, context: Context, inputs: Texts, secrets: Texts, prefix: string): Promise<Texts> {
  const done = new Map<string, Done>();
  const waiting = new Map(Object.entries(workflow.jobs as Record<string, Map>));
  const values = { inputs, secrets, github: github(context), runner: { temp: "" }, steps: {} };
  while (waiting.size > 0) {
    const ready = [...waiting].find(([, job]) => needsOf(job).every((need) => done.has(need)));
    if (ready === undefined) throw new Error(`jobs wait for each other: ${[...waiting.keys()].join()}`);
    const [id, job] = ready;
    waiting.delete(id);
    // A job sees those alone that it names.
    const needs = Object.fromEntries(needsOf(job).map((need) => [need, done.get(need) as Done]));
    const own = { ...values, needs };
    const isSkipped = Object.values(needs).some(({ result }) => result === "skipped");
    if (isSkipped || (typeof job.if === "string" && !holds(job.if, own))) {
      done.set(id, { outputs: {}, result: "skipped" });
      continue;
    }
    const name = `${prefix}${id}`;
    const outputs =
      typeof job.uses === "string"
        ? await calledBy(job, job.uses, context, own, name)
        : await jobOf(name, job, workflow, context, own);
    done.set(id, { outputs, result: "success" });
  }
  const stated = Object.entries(callOf(workflow)?.outputs ?? {}).map(([name, { value }]) => [name, value]);
  return filled(Object.fromEntries(stated), { ...values, jobs: Object.fromEntries(done) });
}

interface Done {
  readonly outputs: Texts;
  readonly result: "success" | "skipped";
}

function needsOf(job: Map): string[] {
  return [job.needs ?? []].flat().map(String);
}

interface WorkflowCall {
  readonly inputs?: Readonly<Record<string, { default?: string }>>;
  readonly outputs?: Readonly<Record<string, { value: string }>>;
}

function callOf({ on }: Map): WorkflowCall | undefined {
  return typeof on === "object"
    ? ((on as { workflow_call?: WorkflowCall | null }).workflow_call ?? undefined)
    : undefined;
}

async function calledBy(job: Map, uses: string, context: Context, values: Values, name: string): Promise<Texts> {
  const called = read(context.site, uses.replace(/^\$\//, ""));
  const call = callOf(called);
  if (call === undefined) throw new Error(`${uses} is not called by others`);
  const defaults = Object.entries(call.inputs ?? {}).map(([input, { default: of = "" }]) => [input, of]);
  const inputs = { ...Object.fromEntries(defaults), ...filled(job.with, values) };
  return await jobsOf(called, context, inputs, filled(job.secrets, values), `${name}/`);
}

async function jobOf(name: string, job: Map, workflow: Map, context: Context, outer: Values): Promise<Texts> {
  const { site, folder } = context;
  const at = join(folder, name.replaceAll("/", "_"));
  const [workspace, temp] = [join(at, "workspace"), join(at, "temp")];
  for (const made of [workspace, temp]) mkdirSync(made, { recursive: true });
  makeHome(site, join(at, "home"));
  const steps: Record<string, { outputs: Texts }> = {};
  const values: Values = { ...outer, steps, runner: { temp } };
  const files = Object.fromEntries(
    ["OUTPUT", "ENV", "PATH", "STEP_SUMMARY"].map((file) => [`GITHUB_${file}`, join(at, file)]),
  );
  let log = "";
  // What a step writes to GITHUB_ENV and GITHUB_PATH is there for those behind it.
  let path = `${join(at, "home", "installed", "bin")}:${site.environment.PATH}`;
  let later: Texts = {};
  for (const step of job.steps as Map[]) {
    if (typeof step.if === "string" && !holds(step.if, values)) continue;
    const given = filled(step.with, values);
    if (typeof step.uses === "string") {
      useAction(step.uses.split("@")[0] ?? "", given, context, { workspace, temp });
      continue;
    }
    // Each step has files of its own; summaries are put together.
    for (const [name, file] of Object.entries(files))
      writeFileSync(file, "", { flag: name === "GITHUB_STEP_SUMMARY" ? "a" : "w" });
    // A runner's temporary files are its own.
    const script = join(at, "script.sh");
    writeFileSync(script, String(step.run));
    const environment = {
      ...site.environment,
      // Secrets of the site reach a job by `env` alone.
      ...Object.fromEntries(
        Object.keys(site.environment)
          .filter((key) => /_KEY/.test(key))
          .map((key) => [key, undefined]),
      ),
      HOME: join(at, "home"),
      PATH: path,
      ...variables(context),
      ...{ RUNNER_TEMP: temp, GITHUB_WORKSPACE: workspace, CI: "true" },
      ...files,
      ...tokens(site, job),
      ...filled(workflow.env, values),
      ...filled(job.env, values),
      ...later,
      ...filled(step.env, values),
    };
    const child = spawn("bash", ["-e", script], {
      cwd: workspace,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    log += `${step.name}\n${stdout}${stderr}`;
    if (code !== 0) throw new Failed({ job: name, step: String(step.name), code, log: stdout + stderr });
    later = { ...later, ...valuesIn(files.GITHUB_ENV as string) };
    const added = readFileSync(files.GITHUB_PATH as string, "utf8").split("\n");
    // The last one that is written is the first that is looked into.
    path = [...added.filter((line) => line !== "").reverse(), path].join(":");
    if (typeof step.id === "string") steps[step.id] = { outputs: valuesIn(files.GITHUB_OUTPUT as string) };
  }
  const outputs = filled(job.outputs, values);
  const summary = readFileSync(files.GITHUB_STEP_SUMMARY as string, "utf8");
  context.jobs.push({ name, outputs, summary, log });
  return outputs;
}

/** Where a job asks for tokens of its identity: one that may, and no other. */
function tokens({ environment }: Site, { permissions }: Map): Texts {
  const url = environment.TEST_SIGSTORE;
  if (url === undefined || (permissions as Texts)["id-token"] !== "write") return {};
  return {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/actions/token?api-version=2`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner",
  };
}

/** `NAME=VALUE` lines, and `NAME<<END` with the lines until `END` ("Workflow commands", Multiline strings). */
function valuesIn(file: string): Texts {
  const values: Record<string, string> = {};
  const lines = readFileSync(file, "utf8").split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === "") continue;
    const [, name = "", operator, rest = ""] = /^([A-Za-z_][A-Za-z0-9_-]*)(=|<<)(.*)$/.exec(line) ?? [];
    if (operator === undefined) throw new Error(`not a value: ${line}`);
    const end = operator === "<<" ? lines.indexOf(rest) : 0;
    if (end < 0) throw new Error(`${name} has no end ${rest}`);
    values[name] =
      operator === "="
        ? rest
        : lines
            .splice(0, end + 1)
            .slice(0, -1)
            .join("\n");
  }
  return values;
}

function useAction(
  action: string,
  given: Texts,
  { site, folder, attested }: Context,
  { workspace, temp }: { workspace: string; temp: string },
): void {
  const artifact = join(folder, "artifacts", given.name ?? "");
  switch (action) {
    case "actions/checkout":
      checkOut(site, workspace, given.ref ?? "main", given["fetch-depth"] === "0");
      return;
    case "actions/setup-node":
      return;
    case "actions/upload-artifact":
      for (const path of (given.path ?? "").trim().split("\n")) copyFiles(temp, artifact, [basename(path)]);
      return;
    case "actions/download-artifact":
      copyFiles(artifact, given.path ?? workspace, namesOf(artifact));
      return;
    case "actions/attest-build-provenance":
      attested.push(given);
      return;
    default:
      throw new Error(`${action} is not known here`);
  }
}

const namesOf = (folder: string): string[] => readdirSync(folder);

interface Values {
  readonly [name: string]: unknown;
}

function github({ event }: Context): Texts {
  return { event_name: event, actor: "someone", token: "job-token", ref: "refs/heads/main" };
}

function variables({ site, event }: Context): Texts {
  return {
    GITHUB_ACTIONS: "true",
    GITHUB_SHA: site.git("rev-parse", "HEAD").trim(),
    GITHUB_REF: "refs/heads/main",
    GITHUB_REPOSITORY: "Shop/shop",
    GITHUB_SERVER_URL: site.environment.TEST_SIGSTORE ?? "https://github.com",
    GITHUB_RUN_ID: "777",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_EVENT_NAME: event,
  };
}

/** Values of a map with their expressions filled in. */
function filled(map: unknown, values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries((map ?? {}) as Record<string, unknown>).map(([key, value]) => [key, fill(String(value), values)]),
  );
}

function fill(written: string, values: Values): string {
  return written.replaceAll(/\$\{\{ ([^}]+) \}\}/g, (_, path: string) => valueAt(path, values));
}

/** `needs.web.outputs.image`: a path and nothing else. What a context does not have is empty, as GitHub has it. */
function valueAt(path: string, values: Values): string {
  if (!/^[a-z]+(?:\.[A-Za-z0-9_-]+)+$/.test(path)) throw new Error(`${path} is no path`);
  const [context = "", ...more] = path.split(".");
  if (!Object.hasOwn(values, context)) throw new Error(`there is no context ${context} here: ${path}`);
  let value: unknown = values[context];
  for (const key of more) value = (value as Map | undefined)?.[key];
  return value === undefined ? "" : String(value);
}

function holds(condition: string, values: Values): boolean {
  const [, path = "", operator, wanted] = /^([a-z_.]+) (==|!=) '([^']*)'$/.exec(condition) ?? [];
  if (operator === undefined) throw new Error(`${condition} is not known here`);
  return (valueAt(path, values) === wanted) === (operator === "==");
}
