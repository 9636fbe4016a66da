import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse } from "yaml";
import { program } from "../bulkhead.ts";
import { createRunner, runScript } from "./runner.ts";

/** The workflow that publishes: what its own text does where it can be run, and what holds of all of it. */

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-release-test-"));
after(() => rmSync(folder, { recursive: true }));

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
}

interface Job {
  readonly uses?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = readdirSync(join(root, ".github", "workflows")).map((name) => ({
  name,
  workflow: parse(readFileSync(join(root, ".github", "workflows", name), "utf8")) as Workflow,
}));
const jobsOf = (file: string) => workflows.find(({ name }) => name === file)?.workflow.jobs ?? {};
/** The release's own, with those of the workflow that it calls in the place of the call. */
const releaseJobs: Readonly<Record<string, Job>> = { ...jobsOf("release.yml"), ...jobsOf("release-build.yml") };

const script = (job: string, name: string): string => {
  const run = releaseJobs[job]?.steps?.find((step) => step.name === name)?.run;
  assert.ok(run !== undefined, `${job}: ${name}`);
  return run;
};

test("every workflow starts without rights, pins actions by commit, keeps no credentials and has a time limit", () => {
  assert.ok(workflows.length > 1);
  for (const { name, workflow } of workflows) {
    assert.deepEqual(workflow.permissions, {}, name);
    for (const [id, { steps = [], ...job }] of Object.entries(workflow.jobs)) {
      if (job.uses !== undefined) assert.match(job.uses, /^\$\//, name);
      else assert.ok((job["timeout-minutes"] ?? 0) > 0, `${name}: ${id}`);
      for (const { uses, run, ...step } of steps) {
        if (uses?.startsWith("./") === false) assert.match(uses, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/, name);
        if (uses?.startsWith("actions/checkout@")) assert.equal(step.with?.["persist-credentials"], false, name);
        assert.doesNotMatch(run ?? "", /\$\{\{/, name);
      }
    }
  }
});

test("what builds has no right to publish, and what publishes has an environment of its own", () => {
  assert.deepEqual(releaseJobs.build?.permissions, { contents: "read" });
  for (const [id, job] of Object.entries(releaseJobs)) {
    const mayPublish = Object.values(job.permissions).includes("write");
    // Provenance of what was built is no release of it.
    assert.equal(job.environment !== undefined, mayPublish && id !== "attest", id);
    const restoresCache = job.steps?.some(({ uses = "" }) => uses.startsWith("actions/cache@"));
    assert.equal(restoresCache, false, id);
  }
});

test("a file that is not the one that was built ends each job that publishes", async () => {
  for (const job of ["attest", "scan", "npm", "image", "release"]) {
    const runner = createRunner(mkdtempSync(join(folder, "verify-")));
    const place = job === "npm" || job === "attest" ? runner.workspace : join(runner.workspace, "out");
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "image.tar"), "built");
    const sum = createHash("sha256").update("built").digest("hex");
    const CHECKSUMS = Buffer.from(`${sum}  image.tar\n`).toString("base64");
    const verify = script(job, "Verify what was built");
    assert.equal((await runScript(runner, verify, { CHECKSUMS })).code, 0, job);
    writeFileSync(join(place, "image.tar"), "exchanged");
    assert.notEqual((await runScript(runner, verify, { CHECKSUMS })).code, 0, job);
  }
});

test("the tag must be the package's version", async () => {
  const runner = createRunner(mkdtempSync(join(folder, "tag-")));
  writeFileSync(join(runner.workspace, "package.json"), JSON.stringify({ version: "1.2.3" }));
  const compare = script("build", "Compare the tag with package.json");
  assert.equal((await runScript(runner, compare, { TAG: "v1.2.3" })).code, 0);
  assert.equal((await runScript(runner, compare, { TAG: "v1.2.4" })).code, 1);
});

test("each release is a commit of the branch release that holds the tree and nothing else", async () => {
  const runner = createRunner(mkdtempSync(join(folder, "branch-")));
  const { workspace, environment } = runner;
  const bin = join(workspace, "..", "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "gh"), "#!/bin/sh\n");
  chmodSync(join(bin, "gh"), 0o755);
  const env = { ...environment, PATH: `${bin}:${environment.PATH}` };
  const git = (...words: readonly string[]) =>
    execFileSync("git", words, { cwd: workspace, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  git("init", "--quiet", "--bare", "--initial-branch=main", "../remote.git");
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", "../remote.git");
  mkdirSync(join(workspace, "scripts"));
  cpSync(join(root, "scripts", "release-branch"), join(workspace, "scripts", "release-branch"));
  const commits: string[] = [];
  for (const version of ["v0.1.0", "v0.2.0"]) {
    const tree = join(workspace, "..", version);
    mkdirSync(join(tree, ".github", "workflows"), { recursive: true });
    writeFileSync(join(tree, "action.yml"), version);
    writeFileSync(join(tree, ".github", "workflows", "bulkhead.yml"), "on: workflow_call");
    // Ignored in the source, and part of the tree.
    writeFileSync(join(tree, ".gitignore"), "code/\n");
    mkdirSync(join(tree, "code"));
    writeFileSync(join(tree, "code", "main.js"), version);
    rmSync(join(workspace, "tree"), { recursive: true, force: true });
    rmSync(join(workspace, "out"), { recursive: true, force: true });
    mkdirSync(join(workspace, "out"));
    execFileSync("tar", ["-cf", join(workspace, "out", "release-tree.tar"), "-C", tree, "."]);
    const { code, log, outputs } = await runScript(
      { workspace, environment: env },
      script("release", "Commit the tree of the action"),
      { TAG: version },
    );
    assert.equal(code, 0, log);
    commits.push(outputs.commit ?? "");
  }
  const [first, second] = commits;
  assert.equal(git("-C", "../remote.git", "rev-parse", "release"), second);
  assert.equal(git("rev-parse", `${second}^`), first);
  assert.equal(
    git("ls-tree", "-r", "--name-only", second ?? ""),
    ".github/workflows/bulkhead.yml\n.gitignore\naction.yml\ncode/main.js",
  );
  assert.equal(git("show", `${second}:action.yml`), "v0.2.0");
});

test("the workflows of a release are audited clean", () => {
  const files = ["release.yml", "release-build.yml"].map((name) => `.github/workflows/${name}`);
  const words = ["build", "audit", ...files, "--quiet", "--fail-on", "low"];
  const { status, stdout } = spawnSync(process.execPath, [program, ...words], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, HOME: folder },
  });
  assert.equal(status, 0, stdout);
});

test("documentation verifies by the identities that sign", () => {
  const documented = readFileSync(join(root, "docs", "install.md"), "utf8");
  const signs = (file: string) =>
    Object.values(jobsOf(file)).some(({ steps = [] }) =>
      steps.some(({ run = "" }) => /\b(?:cosign|bulkhead) sign/.test(run)),
    );
  assert.ok(signs("release.yml"));
  const identities = [...documented.matchAll(/identity (https:\/\/github\.com\/OWNER\/bulkhead\/\S+)/g)].map(
    ([, one]) => one,
  );
  assert.ok(identities.length >= 3);
  for (const one of identities)
    assert.equal(one, "https://github.com/OWNER/bulkhead/.github/workflows/release.yml@refs/tags/v0.1.0");
  // GitHub's provenance is of the workflow that attests.
  const attests = Object.keys(jobsOf("release-build.yml")).includes("attest");
  assert.ok(attests && documented.includes("--signer-workflow OWNER/bulkhead/.github/workflows/release-build.yml"));
  assert.ok(documented.includes("npm audit signatures"));
  // What the image job verifies, users are told to.
  const verified = script("image", "Verify as users do");
  for (const command of ["cosign verify", "bulkhead verify"])
    assert.ok(verified.includes(command) && documented.includes(command));
});
