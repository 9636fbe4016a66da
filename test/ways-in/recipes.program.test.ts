import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { releaseTree } from "./built-release.ts";
import { findNpm, npmEnvironment, pack, serve } from "./npm.ts";
import { createRunner, type Runner, runScript, type StepEnded } from "./runner.ts";
import { writeTree } from "./tree.ts";

/** The text of the recipes themselves, run as their services run it, with the package from a registry on loopback. */

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-recipes-"));
const release = join(folder, "release");
const skip = findNpm() === undefined && "npm is not installed";
let archive: string;
before(async () => {
  await releaseTree(release);
  if (skip === false) archive = (await pack(release, folder)).archive;
});
after(() => rmSync(folder, { recursive: true }));

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
const published = () => JSON.parse(readFileSync(join(release, "package.json"), "utf8")) as Record<string, unknown>;

/** A repository with a remote whose main has a policy and the baseline of what is there. */
async function site(t: TestContext): Promise<Runner> {
  const place = mkdtempSync(join(folder, "site-"));
  cpSync(await template(), place, { recursive: true });
  const plain = createRunner(place);
  const npm = npmEnvironment(place, await serve(t, archive, published()));
  return { ...plain, environment: { ...plain.environment, ...npm, CI_DEFAULT_BRANCH: "main" } };
}

let made: Promise<string> | undefined;
/** What all sites begin with, made once. */
function template(): Promise<string> {
  made ??= makeTemplate(join(folder, "template"));
  return made;
}

async function makeTemplate(place: string): Promise<string> {
  const runner = createRunner(place);
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  const git = (...words: readonly string[]) =>
    execFileSync("git", [...identity, ...words], { cwd: runner.workspace, env: runner.environment, stdio: "pipe" });
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", join(place, "remote.git")]);
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", "../remote.git");
  writeTree(runner.workspace);
  // By the tree itself, which is quicker than npx.
  const program = `node ${join(release, "bin", "bulkhead.js")}`;
  const recorded = await runScript(runner, `${program} check . --quiet --write-baseline known.json`);
  assert.equal(recorded.code, 1, recorded.log);
  const started = await runScript(runner, `${program} init`);
  assert.equal(started.code, 0, started.log);
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
  git("push", "--quiet", "origin", "main");
  return place;
}

interface Recipe {
  readonly name: string;
  /** Without a baseline, and with the one of the main branch. */
  readonly red: (runner: Runner) => Promise<StepEnded>;
  readonly green: (runner: Runner) => Promise<StepEnded>;
}

const policy = "git:origin/main:bulkhead.yaml";
const baseline = "git:origin/main:known.json";

const recipes: readonly Recipe[] = [
  {
    name: "examples/ci/github.yml",
    red: (runner) => runScript(runner, workflowScript().replace(/ --baseline \S+/, ""), workflowEnvironment()),
    green: (runner) => runScript(runner, workflowScript(), workflowEnvironment()),
  },
  {
    name: "templates/bulkhead.yml",
    red: (runner) => runComponent(runner, {}),
    green: (runner) => runComponent(runner, { policy, baseline }),
  },
  {
    name: "examples/ci/check.sh",
    red: (runner) => runShell(runner, {}),
    green: (runner) => runShell(runner, { BULKHEAD_POLICY: policy, BULKHEAD_BASELINE: baseline }),
  },
];

for (const { name, red, green } of recipes) {
  test(`${name}: red at first, green with the baseline of main, red on what is new`, { skip }, async (t) => {
    const runner = await site(t);
    const first = await red(runner);
    assert.equal(first.code, 1, first.log);
    const second = await green(runner);
    assert.equal(second.code, 0, second.log);
    writeTree(runner.workspace, ["wget", "curl"]);
    const third = await green(runner);
    assert.equal(third.code, 1, third.log);
    assert.match(third.log, /curl/);
  });
}

function workflow() {
  const text = readFileSync(join(root, "examples", "ci", "github.yml"), "utf8");
  const { jobs } = parse(text) as { jobs: { check: { steps: { name?: string; run?: string; env?: object }[] } } };
  const step = jobs.check.steps.find(({ run }) => run !== undefined);
  assert.ok(step?.run !== undefined);
  return step;
}

const workflowScript = () => workflow().run ?? "";
const workflowEnvironment = () => workflow().env as Record<string, string>;

interface Component {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly script: readonly string[];
}

/** GitLab puts inputs into the text before it reads the job, and joins the script's lines in one shell. */
function component(inputs: Readonly<Record<string, string>>): Component {
  const text = readFileSync(join(root, "templates", "bulkhead.yml"), "utf8");
  const [head] = parseAllDocuments(text).map((document) => document.toJS() as unknown);
  const { spec } = head as { readonly spec: Pick<Component, "inputs"> };
  const filled = text
    .slice(text.indexOf("\n---\n") + 5)
    .replace(/\$\[\[ inputs\.([a-z-]+) \]\]/g, (_, name: string) => inputs[name] ?? String(spec.inputs[name]?.default));
  const { bulkhead } = parse(filled) as { readonly bulkhead: Omit<Component, "inputs"> };
  return { ...bulkhead, inputs: spec.inputs };
}

function runComponent(runner: Runner, inputs: Readonly<Record<string, string>>): Promise<StepEnded> {
  const { script, variables } = component(inputs);
  return runScript(runner, `set -eo pipefail\n${script.join("\n")}\n`, variables);
}

function runShell(runner: Runner, environment: Readonly<Record<string, string>>): Promise<StepEnded> {
  copyFileSync(join(root, "examples", "ci", "check.sh"), join(runner.environment.RUNNER_TEMP ?? "", "check.sh"));
  return runScript(runner, '"$RUNNER_TEMP/check.sh" .', { BULKHEAD_VERSION: manifest.version, ...environment });
}

test("the recipes name the version of this package", () => {
  assert.equal(component({}).inputs.version?.default, manifest.version);
  assert.equal(workflowEnvironment().BULKHEAD_VERSION, manifest.version);
});

test("no recipe has an expression in the text of a script", () => {
  const texts = [
    ...[join(".github", "workflows", "bulkhead.yml"), join("examples", "ci", "github.yml")].flatMap((path) => {
      const { jobs } = parse(readFileSync(join(root, path), "utf8")) as {
        jobs: Record<string, { steps: { run?: string }[] }>;
      };
      return Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = "" }) => run));
    }),
    component({}).script.join("\n"),
  ];
  assert.ok(texts.some((text) => text.includes("npx")));
  for (const text of texts) assert.doesNotMatch(text, /\$\{\{|\$\[\[/);
});

test("an input of the component with quotes and a command in it stays a word", { skip }, async (t) => {
  const runner = await site(t);
  const { code, log } = await runComponent(runner, { path: "no; touch pwned; #" });
  assert.equal(code, 2, log);
  assert.match(log, /no; touch pwned; #/);
});
