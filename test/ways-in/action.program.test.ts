import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { releaseTree } from "./built-release.ts";
import { createGithub } from "./github.ts";
import { createRunner, runActionStep } from "./runner.ts";
import { writeTree } from "./tree.ts";

/** The action as a release's tree has it: bundled, without packages beside it. */

const folder = mkdtempSync(join(tmpdir(), "bulkhead-action-"));
const release = join(folder, "release");
before(() => releaseTree(release));
after(() => rmSync(folder, { recursive: true }));

function site(event?: object) {
  return createRunner(mkdtempSync(join(folder, "site-")), event);
}

const pullRequest = { pull_request: { number: 7 } };

test("the first run is red, a baseline makes it green, and a new finding is red again", async () => {
  const runner = site();
  writeTree(runner.workspace);
  const red = await runActionStep(runner, release, { "write-baseline": "known.json" });
  assert.equal(red.code, 1, red.log);
  assert.match(red.log, /^::error .*file=web\/Dockerfile,line=2/m);
  assert.equal(red.outputs["exit-code"], "1");
  assert.equal(red.outputs.result, "findings");
  assert.match(red.summary, /web\/Dockerfile/);
  const green = await runActionStep(runner, release, { baseline: "known.json" });
  assert.equal(green.code, 0, green.log);
  assert.equal(green.outputs.result, "clean");
  writeTree(runner.workspace, ["wget", "curl"]);
  const again = await runActionStep(runner, release, { baseline: "known.json" });
  assert.equal(again.code, 1, again.log);
  assert.match(again.log, /^::error .*line=3/m);
  assert.doesNotMatch(again.log, /^::error .*line=2/m);
});

test("a change of dependencies is reviewed, and commented on beside the check", async () => {
  const runner = site();
  const lock = (packages: object) => JSON.stringify({ name: "a", version: "1.0.0", lockfileVersion: 3, packages });
  const entry = {
    version: "1.0.0",
    resolved: "git+https://github.com/someone/forked.git#0123456789abcdef0123456789abcdef01234567",
  };
  for (const [folder, packages] of Object.entries({
    before: { "": { name: "a" } },
    after: { "": { name: "a", dependencies: { forked: "*" } }, "node_modules/forked": entry },
  })) {
    mkdirSync(join(runner.workspace, folder));
    writeFileSync(join(runner.workspace, folder, "package-lock.json"), lock(packages));
  }
  const { code, log, summary } = await runActionStep(runner, release, {
    path: "after",
    diff: "before",
    args: "--offline",
  });
  assert.equal(code, 1, log);
  assert.match(summary, /forked 1\.0\.0 is fetched from Git/);
  const both = await runActionStep(runner, release, { image: "oci:x", diff: "before" });
  assert.equal(both.code, 2, both.log);
});

test("reports are outside of the repository, and the outputs say where", async () => {
  const runner = site();
  writeTree(runner.workspace);
  const { outputs } = await runActionStep(runner, release, {});
  assert.deepEqual(readdirSync(runner.workspace), ["web"]);
  const sarif = JSON.parse(readFileSync(outputs["sarif-file"] ?? "", "utf8"));
  const [result] = sarif.runs[0].results.filter(({ level }: { level: string }) => level === "error");
  assert.equal(result.locations[0].physicalLocation.artifactLocation.uri, "web/Dockerfile");
  assert.equal(JSON.parse(readFileSync(outputs["json-file"] ?? "", "utf8")).exitCode, 1);
});

test("each input reaches the command as one word", async () => {
  const runner = site();
  mkdirSync(join(runner.workspace, "src; touch pwned"));
  writeTree(join(runner.workspace, "src; touch pwned"));
  const { code, log } = await runActionStep(runner, release, {
    path: "src; touch pwned",
    "fail-on": "never",
    format: "plain\njunit=$(touch pwned).xml",
    args: "--all\n--now\n2026-01-01T00:00:00Z",
  });
  assert.equal(code, 0, log);
  assert.match(log, /^result: .* by --fail-on/m);
  assert.ok(existsSync(join(runner.workspace, "$(touch pwned).xml")));
  assert.ok(!existsSync(join(runner.workspace, "pwned")));
});

test("a value that would be read as an option, and a comment that is neither true nor false, are refused", async () => {
  const runner = site();
  for (const [inputs, said] of [
    [{ path: "--cluster" }, /input path: --cluster: the value begins with -/],
    [{ comment: "yes" }, /input comment: yes: unknown value \(true or false\)/],
    [{ database: "oci://127.0.0.1:9/db:1" }, /no public key is given/],
  ] as const) {
    const { code, log, outputs } = await runActionStep(runner, release, inputs);
    assert.equal(code, 2, log);
    assert.match(log, said);
    assert.equal(outputs.result, "error");
  }
});

test("a directory that is not there ends with 2 and names no report", async () => {
  const { code, log, outputs } = await runActionStep(site(), release, { path: "missing" });
  assert.equal(code, 2, log);
  assert.equal(outputs["sarif-file"], "");
  assert.match(log, /^::error title=Bulkhead::no report was written/m);
});

test("the comment of a pull request is created once and then brought up to date", async (t) => {
  const github = await createGithub(t);
  const runner = site(pullRequest);
  const step = (inputs: Readonly<Record<string, string>>) =>
    runActionStep(runner, release, { comment: "true", ...inputs }, { GITHUB_API_URL: github.origin });
  writeTree(runner.workspace);
  const first = await step({ "write-baseline": "known.json" });
  assert.equal(first.code, 1, first.log);
  assert.match(first.log, /comment created on pull request 7/);
  const second = await step({ baseline: "known.json" });
  assert.equal(second.code, 0, second.log);
  assert.match(second.log, /comment updated on pull request 7/);
  assert.deepEqual(
    github.seen.map(({ method, url }) => `${method} ${url}`),
    [
      "GET /repos/acme/shop/issues/7/comments?per_page=100&page=1",
      "POST /repos/acme/shop/issues/7/comments",
      "GET /repos/acme/shop/issues/7/comments?per_page=100&page=1",
      "PATCH /repos/acme/shop/issues/comments/1",
    ],
  );
  assert.ok(github.seen.every(({ headers }) => headers.authorization === "Bearer the-token"));
  assert.equal(github.comments.length, 1);
  assert.match(github.comments[0]?.body ?? "", /^<!-- bulkhead-report [0-9a-f]{16} -->\n/);
});

test("a clean run writes no comment where there is none, and a push never does", async (t) => {
  const github = await createGithub(t);
  const runner = site(pullRequest);
  writeTree(runner.workspace, []);
  const address = { GITHUB_API_URL: github.origin };
  const clean = await runActionStep(runner, release, { comment: "true" }, address);
  assert.equal(clean.code, 0, clean.log);
  const push = site();
  writeTree(push.workspace);
  const pushed = await runActionStep(push, release, { comment: "true" }, address);
  assert.equal(pushed.code, 1, pushed.log);
  assert.deepEqual(github.comments, []);
});

test("the marker in a comment of another login, or of another job, is left alone", async (t) => {
  const github = await createGithub(t);
  const runner = site(pullRequest);
  writeTree(runner.workspace);
  const step = (environment: Readonly<Record<string, string>> = {}) =>
    runActionStep(runner, release, { comment: "true" }, { GITHUB_API_URL: github.origin, ...environment });
  await step();
  const [ours] = github.comments;
  assert.ok(ours !== undefined);
  ours.user.login = "mallory";
  await step();
  await step({ GITHUB_JOB: "another" });
  assert.deepEqual(
    github.comments.map(({ user }) => user.login),
    ["mallory", "github-actions[bot]", "github-actions[bot]"],
  );
});

test("ours is found behind a hundred others", async (t) => {
  const github = await createGithub(t);
  const runner = site(pullRequest);
  writeTree(runner.workspace);
  for (let count = 0; count < 100; count += 1) github.add("reviewer", "looks good");
  const step = () => runActionStep(runner, release, { comment: "true" }, { GITHUB_API_URL: github.origin });
  await step();
  const { log } = await step();
  assert.match(log, /comment updated/);
  assert.equal(github.comments.length, 101);
});

test("a token that may not write is a warning, and the exit code stays the verdict's", async (t) => {
  const github = await createGithub(t, { status: 403 });
  const runner = site(pullRequest);
  writeTree(runner.workspace);
  const { code, log } = await runActionStep(runner, release, { comment: "true" }, { GITHUB_API_URL: github.origin });
  assert.equal(code, 1, log);
  assert.match(log, /^::warning title=Bulkhead::action\.comment: .*GitHub answered 403 .*read-only token/m);
  assert.doesNotMatch(log, /the-token/);
});

test("the scan is not handed the token", async () => {
  const runner = site();
  writeTree(runner.workspace);
  // Says what it finds in its environment before the program starts.
  const spy = `data:text/javascript,process.stderr.write(Object.keys(process.env).filter((n)=>n.startsWith("INPUT_")).join()+"|"+process.argv[2]+"\\n")`;
  const { log } = await runActionStep(runner, release, {}, { NODE_OPTIONS: `--import=${encodeURI(spy)}` });
  assert.match(log, /^\|check$/m);
});
