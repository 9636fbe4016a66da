/**
 * The contract of GitHub's runner with an action of JavaScript and with `run:` steps, as far as ours use it: inputs and their
 * defaults as INPUT_NAME, files for outputs and the summary, the event's payload (docs.github.com, "Metadata syntax",
 * "Workflow commands").
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { inherited } from "../environment.ts";

export interface StepEnded {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface Runner {
  /** Where the repository is checked out. */
  readonly workspace: string;
  /** The environment of every step. */
  readonly environment: Readonly<Record<string, string>>;
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

/** @param event - the payload of a pull request; absent: a push */
export function createRunner(folder: string, event?: object): Runner {
  const workspace = join(folder, "workspace");
  const home = join(folder, "home");
  for (const path of [workspace, home, join(folder, "temp")]) mkdirSync(path, { recursive: true });
  const payload = join(folder, "event.json");
  writeFileSync(payload, JSON.stringify(event ?? {}));
  return {
    workspace,
    environment: {
      PATH: `${join(process.execPath, "..")}:${process.env.PATH ?? ""}`,
      HOME: home,
      ...inherited,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: workspace,
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_WORKFLOW: "Bulkhead",
      GITHUB_JOB: "check",
      GITHUB_EVENT_NAME: event === undefined ? "push" : "pull_request",
      GITHUB_EVENT_PATH: payload,
      GITHUB_API_URL: "http://127.0.0.1:9",
      RUNNER_TEMP: join(folder, "temp"),
    },
  };
}

/** Runs the action of a tree with these inputs. `${{ github.token }}` is the one expression that a default may have. */
export async function runActionStep(
  runner: Runner,
  tree: string,
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<StepEnded> {
  const action = parse(readFileSync(join(tree, "action.yml"), "utf8")) as ActionFile;
  for (const name of Object.keys(inputs)) {
    if (action.inputs[name] === undefined) throw new Error(`action.yml has no input ${name}`);
  }
  const values = Object.entries(action.inputs).map(([name, { default: initial = "" }]) => [
    `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
    inputs[name] ?? initial.replace(/^\$\{\{ github\.token \}\}$/, "the-token"),
  ]);
  if (action.runs.using !== "node24") throw new Error(`the runner has no ${action.runs.using}`);
  const words = [join(tree, action.runs.main)];
  return await runStep(runner, process.execPath, words, { ...Object.fromEntries(values), ...environment });
}

/** Runs a script as the runner runs `run:` with `shell: bash` unset: bash -e, from a file. */
export async function runScript(
  runner: Runner,
  script: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<StepEnded> {
  const file = join(mkdtempSync(join(runner.environment.RUNNER_TEMP ?? "", "script-")), "step.sh");
  writeFileSync(file, script);
  return await runStep(runner, "bash", ["-e", file], environment);
}

async function runStep(
  { workspace, environment }: Runner,
  program: string,
  words: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<StepEnded> {
  const files = mkdtempSync(join(environment.RUNNER_TEMP ?? "", "files-"));
  const [output, summary] = [join(files, "output"), join(files, "summary")];
  for (const file of [output, summary]) writeFileSync(file, "");
  const child = spawn(program, words, {
    cwd: workspace,
    env: { ...environment, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return {
    code,
    log: stdout + stderr,
    outputs: parseOutputs(readFileSync(output, "utf8")),
    summary: readFileSync(summary, "utf8"),
  };
}

/** `name=value`, or `name<<DELIMITER`, lines, DELIMITER. */
function parseOutputs(written: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = written.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const [, name, delimiter] = /^([^=<]+)<<(.+)$/.exec(lines[at] ?? "") ?? [];
    if (name === undefined || delimiter === undefined) {
      const [, plain, value] = /^([^=]+)=(.*)$/.exec(lines[at] ?? "") ?? [];
      if (plain !== undefined) outputs[plain] = value ?? "";
      else if (lines[at] !== "") throw new Error(`the runner cannot read ${lines[at]}`);
      continue;
    }
    const end = lines.indexOf(delimiter, at + 1);
    if (end < 0) throw new Error(`no end of ${name}`);
    outputs[name] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return outputs;
}
