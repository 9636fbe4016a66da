import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { readFolderAt } from "./folder-at.ts";
import { git, skipWithoutGit, temporaryFolder } from "./repository.fixture.ts";

const limits = { files: 100, bytes: 10_000 };
const all = () => true;

function read(folder: string, path: string, own = limits, revision = "HEAD"): string[] {
  return [...readFolderAt(folder, revision, path, all, own)]
    .map((file) => `${file.kind} ${file.path} ${file.bytes}`)
    .sort();
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return `${error.code} ${error.message}`;
  }
  return assert.fail("it was read");
}

test("files and links below a directory of a commit, not those of the work tree", {
  skip: skipWithoutGit,
}, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  mkdirSync(join(folder, "deploy", "sub"), { recursive: true });
  writeFileSync(join(folder, "deploy", "a.yaml"), "a");
  writeFileSync(join(folder, "deploy", "sub", "b.yaml"), "b");
  writeFileSync(join(folder, "other.yaml"), "o");
  symlinkSync("/etc/passwd", join(folder, "deploy", "link.yaml"));
  git(folder, ["add", "."]);
  git(folder, ["commit", "--quiet", "-m", "one"]);
  writeFileSync(join(folder, "deploy", "a.yaml"), "changed");
  const deployed = ["file a.yaml a", "file sub/b.yaml b", "link link.yaml /etc/passwd"];
  assert.deepEqual(read(folder, "deploy"), deployed);
  assert.deepEqual(read(folder, "", limits, "main").length, 4);
  assert.deepEqual(read(folder, "deploy/sub"), ["file b.yaml b"]);
  const wanted = [...readFolderAt(folder, "HEAD", "deploy", (path) => path === "a.yaml", limits)];
  assert.deepEqual(
    wanted.map(({ path }) => path),
    ["a.yaml"],
  );
  assert.match(
    refusal(() => read(folder, "deploy/a.yaml")),
    /^git\.path .*not a directory/,
  );
  assert.match(
    refusal(() => read(folder, "nope")),
    /^git\.path .*no such directory/,
  );
  assert.match(
    refusal(() => read(folder, "../x")),
    /^git\.path/,
  );
  assert.match(
    refusal(() => read(folder, "deploy", { ...limits, files: 2 })),
    /^git\.folder-over more than 2 files/,
  );
  assert.match(
    refusal(() => read(folder, "deploy", { ...limits, bytes: 1 })),
    /^git\.folder-over/,
  );
});

test("names that no file may have are refused", { skip: skipWithoutGit }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  const blob = git(folder, ["hash-object", "-w", "--stdin"], "x").trim();
  for (const name of ["..", ".", ".git", ".GIT", "a/b", "a\\b"]) {
    const bytes = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, "hex")]);
    const tree = git(folder, ["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], bytes).trim();
    const commit = git(folder, ["commit-tree", tree, "-m", "one"]).trim();
    assert.equal(
      refusal(() => read(folder, "", limits, commit)),
      "git.revision broken",
      name,
    );
  }
  const good = git(folder, ["mktree"], `100644 blob ${blob}\ta..yaml\n`).trim();
  assert.deepEqual(read(folder, "", limits, git(folder, ["commit-tree", good, "-m", "one"]).trim()), [
    "file a..yaml x",
  ]);
});
