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

async function jobsOf(workflow: Map, context: Context, inputs: Texts, secrets: Texts, prefix: string): Promise<Texts> {
  const done = new Map<string, Texts>();
  const skipped = new Set<string>();
  const waiting = new Map(Object.entries(workflow.jobs as Record<string, Map>));
  while (waiting.size > 0) {
    const ready = [...waiting].find(([, job]) => [job.needs ?? []].flat().every((need) => done.has(String(need))));
    if (ready === undefined) throw new Error(`jobs wait for each other: ${[...waiting.keys()].join()}`);
    const [id, job] = ready;
    waiting.delete(id);
    const isSkipped = [job.needs ?? []].flat().some((need) => skipped.has(String(need)));
    const needs = Object.fromEntries([...done].map(([name, outputs]) => [name, { outputs }]));
    const values = { inputs, secrets, needs, github: github(context), runner: { temp: "" }, steps: {} };
    if (isSkipped || (typeof job.if === "string" && !holds(job.if, values))) {
      skipped.add(id);
      done.set(id, {});
      continue;
    }
    if (typeof job.uses === "string") {
      const given = filled(job.secrets, values);
      const called = read(context.site, job.uses.replace(/^\$\//, ""));
      const own = (
        called.on as {
          workflow_call: { inputs: Record<string, { default?: string }>; outputs: Record<string, { value: string }> };
        }
      ).workflow_call;
      const defaults = Object.fromEntries(
        Object.entries(own.inputs).map(([name, input]) => [name, input.default ?? ""]),
      );
      await jobsOf(called, context, { ...defaults, ...filled(job.with, values) }, given, `${prefix}${id}/`);
      const results = Object.fromEntries(
        context.jobs
          .filter(({ name }) => name.startsWith(`${prefix}${id}/`))
          .map(({ name, outputs }) => [name.slice(prefix.length + id.length + 1), { outputs }]),
      );
      done.set(
        id,
        filled(Object.fromEntries(Object.entries(own.outputs).map(([name, { value }]) => [name, value])), {
          ...values,
          jobs: results,
        }),
      );
    } else done.set(id, await jobOf(`${prefix}${id}`, job, workflow, context, values));
  }
  return {};
}

async function jobOf(name: string, job: Map, workflow: Map, context: Context, outer: Values): Promise<Texts> {
  const { site, folder } = context;
  const at = join(folder, name.replaceAll("/", "_"));
  const [workspace, temp] = [join(at, "workspace"), join(at, "temp")];
  mkdirSync(temp, { recursive: true });
  makeHome(site, join(at, "home"));
  const steps: Record<string, { outputs: Texts }> = {};
  const values: Values = { ...outer, steps, runner: { temp } };
  const files = Object.fromEntries(
    ["OUTPUT", "ENV", "PATH", "STEP_SUMMARY"].map((file) => [`GITHUB_${file}`, join(at, file)]),
  );
  let log = "";
  for (const step of job.steps as Map[]) {
    if (typeof step.if === "string" && !holds(step.if, values)) continue;
    const given = filled(step.with, values);
    if (typeof step.uses === "string") {
      useAction(step.uses.split("@")[0] ?? "", given, context, { workspace, temp });
      continue;
    }
    for (const file of Object.values(files)) writeFileSync(file, "", { flag: "a" });
    writeFileSync(files.GITHUB_OUTPUT as string, "");
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
      PATH: `${join(at, "home", "installed", "bin")}:${site.environment.PATH}`,
      ...variables(context),
      ...{ RUNNER_TEMP: temp, GITHUB_WORKSPACE: workspace, CI: "true" },
      ...files,
      ...tokens(site, job),
      ...filled(workflow.env, values),
      ...filled(job.env, values),
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
    if (typeof step.id === "string")
      steps[step.id] = { outputs: outputsIn(readFileSync(files.GITHUB_OUTPUT as string, "utf8")) };
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

/** `NAME=VALUE` lines; this runner has no use for the form of several lines. */
function outputsIn(written: string): Texts {
  return Object.fromEntries(
    written.split("\n").flatMap((line) => {
      if (line === "") return [];
      const at = line.indexOf("=");
      if (at < 1) throw new Error(`not an output: ${line}`);
      return [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
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
