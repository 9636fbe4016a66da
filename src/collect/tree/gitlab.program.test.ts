import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ReadGitlab } from "../../engines/pipelines/model.ts";
import { readGitlab } from "./gitlab.ts";
import { readPipelines } from "./pipelines.ts";
import { treeOf } from "./tree.fixture.ts";

const JOB = "job:\n  script: [make]\n";

const jobsOf = (read: ReadGitlab | undefined): string[] =>
  read?.state === "read" ? read.pipeline.jobs.map(({ name }) => name) : [];
const unreadOf = (read: ReadGitlab | undefined): string[] =>
  read?.state === "read" ? read.pipeline.unread.map(({ reason }) => reason) : [];

test("what a pipeline includes of its tree is part of it, by name and by pattern, and no pipeline of its own", () => {
  using tree = treeOf({
    ".gitlab-ci.yml": "include: [ci/build.gitlab-ci.yml, 'ci/more/**/*.yml']\n",
    "ci/build.gitlab-ci.yml": "build:\n  script: [make]\n",
    "ci/more/a/test.yml": "test:\n  script: [make]\n",
    "ci/more/node_modules/other.yml": "other:\n  script: [make]\n",
    "templates/lint.gitlab-ci.yml": "lint:\n  script: [make]\n",
  });
  const read = readGitlab(tree.root, [".gitlab-ci.yml", "ci/build.gitlab-ci.yml", "templates/lint.gitlab-ci.yml"]);
  assert.deepEqual(
    read.map((one) => [one.path, jobsOf(one)]),
    [
      [".gitlab-ci.yml", ["build", "test"]],
      ["templates/lint.gitlab-ci.yml", ["lint"]],
    ],
  );
  assert.deepEqual(
    read.map((one) => one.state === "read" && one.pipeline.fragment),
    [false, true],
  );
});

test("no link and no path leads out of the tree, and no pipe is waited for", () => {
  const outside = mkdtempSync(join(tmpdir(), "outside-"));
  try {
    writeFileSync(join(outside, "secret.yml"), "stolen:\n  script: [make]\n");
    using tree = treeOf({
      ".gitlab-ci.yml": `include: [link.yml, folder/secret.yml, pipe.yml, ../${outside.split("/").at(-1)}/secret.yml]\n${JOB}`,
    });
    symlinkSync(join(outside, "secret.yml"), join(tree.root, "link.yml"));
    symlinkSync(outside, join(tree.root, "folder"));
    execFileSync("mkfifo", [join(tree.root, "pipe.yml")]);
    const [read] = readGitlab(tree.root, [".gitlab-ci.yml"]);
    assert.deepEqual(jobsOf(read), ["job"]);
    assert.equal(unreadOf(read).length, 4);
    assert.ok(!JSON.stringify(read).includes("stolen"));
    symlinkSync(join(outside, "secret.yml"), join(tree.root, "own.gitlab-ci.yml"));
    assert.equal(readGitlab(tree.root, ["own.gitlab-ci.yml"])[0]?.state, "unread");
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
});

test("a link within the tree is the file that it leads to", () => {
  using tree = treeOf({ "real.yml": JOB, "x/.keep": "" });
  symlinkSync(join(tree.root, "real.yml"), join(tree.root, ".gitlab-ci.yml"));
  assert.deepEqual(jobsOf(readGitlab(tree.root, [".gitlab-ci.yml"])[0]), ["job"]);
});

test("a broken file is a gap with its line; what it breaks within another is told there", () => {
  using tree = treeOf({
    ".gitlab-ci.yml": "job: [\n",
    "a/.gitlab-ci.yml": `include: broken.yml\n${JOB}`,
    "a/broken.yml": "x: [\n",
  });
  const [broken, including] = readGitlab(tree.root, [".gitlab-ci.yml", "a/.gitlab-ci.yml"]);
  assert.equal(broken?.state === "unread" && broken.gap.code, "pipelines.broken");
  assert.deepEqual(jobsOf(including), ["job"]);
  assert.match(unreadOf(including)[0] ?? "", /^a\/broken\.yml/);
});

test("gates are looked for in pipelines, with what they include, and not in what others include", () => {
  using tree = treeOf({
    ".gitlab-ci.yml": "include: scan.yml\n",
    "scan.yml": "scan:\n  script:\n    - trivy image --exit-code 1 app\n",
    "other.gitlab-ci.yml": "never:\n  script: [trivy image app]\n",
    "named.yml": JOB,
  });
  const { paths, pipelines, gitlab } = readPipelines(tree.root, [".gitlab-ci.yml", "other.gitlab-ci.yml", "named.yml"]);
  assert.deepEqual(paths, [".gitlab-ci.yml", "named.yml"]);
  assert.deepEqual(
    pipelines.map(({ path, jobs }) => [path, jobs.map(({ name }) => name)]),
    [
      [".gitlab-ci.yml", ["scan"]],
      ["named.yml", ["job"]],
    ],
  );
  assert.equal(gitlab.length, 3);
});

test("child pipelines of the project are read, once, with includes from its root; what is not there is not passed", () => {
  using tree = treeOf({
    "app/.gitlab-ci.yml":
      "go:\n  trigger: {include: [{local: ci/child.yml}, {local: missing.yml}, {local: $CHILD}, {artifact: a.yml, job: b}]}\nagain:\n  trigger: {include: ci/child.yml}\n",
    "app/ci/child.yml": "include: ci/base.yml\nself:\n  trigger: {include: ci/child.yml}\n",
    "app/ci/base.yml": JOB,
  });
  const read = readGitlab(tree.root, ["app/.gitlab-ci.yml"]);
  assert.deepEqual(
    read.map((one) => [one.path, one.state, jobsOf(one)]),
    [
      ["app/.gitlab-ci.yml", "read", ["go", "again"]],
      ["app/ci/child.yml", "read", ["job", "self"]],
      ["app/missing.yml", "unread", []],
    ],
  );
  assert.ok(read[1]?.state === "read" && read[1].pipeline.child);
  const { pipelines, gaps } = readPipelines(tree.root, ["app/.gitlab-ci.yml"]);
  assert.equal(pipelines.length, 2);
  assert.match(gaps[0]?.reason ?? "", /app\/missing\.yml/);
});
