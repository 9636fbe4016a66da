import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { git, skipWithoutGit, temporaryFolder } from "../../engines/git/repository.fixture.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { sampleCode, sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { zipOf } from "../../formats/zip/zip.fixture.ts";
import { secretsOfHistory } from "./history.ts";

const scanner = { scanner: createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() }) };
const otherCode = sampleCode.replace("a8Z0", "b8Z0");

test("a secret is told with the first commit that had it, also where a later one deleted it", {
  skip: skipWithoutGit,
}, async (context) => {
  const folder = temporaryFolder(context);
  const commit = (message: string, at: number): string => {
    const dates = [`GIT_AUTHOR_DATE=${at} +0000`, `GIT_COMMITTER_DATE=${at} +0000`];
    git(folder, ["add", "-A"]);
    git(folder, ["-c", `alias.at=!env '${dates[0]}' '${dates[1]}' git commit -q -m '${message}'`, "at"]);
    return git(folder, ["rev-parse", "HEAD"]).trim();
  };
  git(folder, ["init", "-q"]);
  writeFileSync(join(folder, "gone.env"), `first\nCODE=${sampleCode}\n`);
  writeFileSync(join(folder, "kept.env"), `CODE=${otherCode}\n`);
  const first = commit("one", 1_700_000_000);
  rmSync(join(folder, "gone.env"));
  writeFileSync(join(folder, "kept.env"), `more\nCODE=${otherCode}\n`);
  commit("two", 1_700_000_100);
  writeFileSync(join(folder, "clean"), "clean\n");
  const third = commit(`three ${otherCode}`, 1_700_000_200);

  const { found, gaps } = await secretsOfHistory(folder, scanner);
  // The message stands in Git's own files too: the reflog, and the one that an editor was given.
  const own = found.secrets.filter(({ path }) => path.startsWith(".git/")).map(({ path }) => path);
  assert.ok(own.includes(".git/logs/HEAD"), own.join());
  const shown = found.secrets
    .filter(({ path }) => !path.startsWith(".git/"))
    .map(({ path, commit: from, hidden }) => [path, from?.id, hidden])
    .sort();
  assert.deepEqual(shown, [
    ["commit message", third, undefined],
    ["gone.env", first, true],
    ["kept.env", first, undefined],
  ]);
  assert.deepEqual(gaps, []);
  const [gone] = found.secrets.filter(({ path }) => path === "gone.env");
  assert.deepEqual(
    [gone?.line, gone?.commit?.author, gone?.commit?.date],
    [2, "Ann <ann@example.org>", "2023-11-14T22:13:20Z"],
  );
});

test("archives of the history are read too, and what cannot be read of them is a gap", {
  skip: skipWithoutGit,
}, async (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "-q"]);
  const entry = { name: "app/.env", content: `first\nCODE=${sampleCode}\n` };
  writeFileSync(join(folder, "backup.zip"), zipOf([entry]));
  writeFileSync(join(folder, "locked.zip"), zipOf([{ ...entry, encrypted: true }]));
  git(folder, ["add", "-A"]);
  git(folder, ["commit", "-q", "-m", "one"]);
  rmSync(join(folder, "backup.zip"));
  git(folder, ["commit", "-q", "-a", "-m", "two"]);
  const { found, gaps } = await secretsOfHistory(folder, scanner);
  assert.deepEqual(
    found.secrets.map(({ path, line, hidden }) => [path, line, hidden]),
    [["backup.zip!app/.env", 2, true]],
  );
  assert.match(
    gaps.map(({ code, reason }) => `${code} ${reason}`).join(),
    /^secrets\.archive .*locked\.zip!app\/\.env: .*encrypted/,
  );
});

test("a folder without a repository is the caller's error", async (context) => {
  const folder = temporaryFolder(context);
  await assert.rejects(
    secretsOfHistory(folder, scanner),
    (error) => error instanceof Problem && error.kind === "usage",
  );
});

/** Another code of the sample rule's kind for each place. */
const codeOf = (nth: number): string => sampleCode.replace("a8Z0", `c${nth}Z0`);

test("what no ref leads to is told: stashes, reflogs, open merges, staged files and what was staged", {
  skip: skipWithoutGit,
}, async (context) => {
  const folder = temporaryFolder(context);
  const put = (name: string, nth: number) => writeFileSync(join(folder, name), `CODE=${codeOf(nth)}\n`);
  git(folder, ["init", "-q", "--initial-branch=main"]);
  writeFileSync(join(folder, "a"), "clean\n");
  git(folder, ["add", "-A"]);
  git(folder, ["commit", "-qm", "one"]);
  for (const nth of [1, 2]) {
    put("a", nth);
    git(folder, ["stash", "-q"]);
  }
  put("amended", 3);
  git(folder, ["add", "-A"]);
  git(folder, ["commit", "-qm", "secret"]);
  git(folder, ["reset", "-q", "--hard", "HEAD~1"]);
  git(folder, ["switch", "-q", "-c", "side"]);
  put("merged", 4);
  git(folder, ["add", "-A"]);
  git(folder, ["commit", "-qm", "side"]);
  git(folder, ["switch", "-q", "main"]);
  git(folder, ["merge", "-q", "--no-ff", "--no-commit", "side"]);
  git(folder, ["branch", "-qD", "side"]);
  put("unstaged", 5);
  git(folder, ["add", "unstaged"]);
  git(folder, ["rm", "-q", "--cached", "unstaged"]);
  rmSync(join(folder, "unstaged"));
  put("staged", 6);
  git(folder, ["add", "staged"]);
  const shown = async () => {
    const { found, gaps } = await secretsOfHistory(folder, scanner);
    assert.deepEqual(gaps, []);
    return found.secrets.map(({ path }) => path.replace(/[0-9a-f]{40}/, "ID")).sort();
  };
  const all = ["a", "a", "amended", "merged", "object ID", "staged"];
  assert.deepEqual(await shown(), all);
  git(folder, ["repack", "-adq", "--keep-unreachable"]);
  assert.deepEqual(await shown(), all);
});

test("Git's own files, repositories of submodules and nested ones are looked through", {
  skip: skipWithoutGit,
}, async (context) => {
  const root = temporaryFolder(context);
  const folder = join(root, "top");
  const make = (path: string, nth: number) => {
    git(root, ["init", "-q", "--initial-branch=main", path]);
    writeFileSync(join(path, "f"), `CODE=${codeOf(nth)}\n`);
    git(path, ["add", "-A"]);
    git(path, ["commit", "-qm", "one"]);
    writeFileSync(join(path, "f"), "clean\n");
    git(path, ["commit", "-qam", "two"]);
  };
  make(join(root, "library"), 1);
  make(folder, 2);
  git(folder, [
    "-c",
    "protocol.file.allow=always",
    "submodule",
    "--quiet",
    "add",
    "--name",
    "a/b",
    join(root, "library"),
    "inner",
  ]);
  make(join(folder, "nested"), 3);
  git(folder, ["config", "http.extraHeader", `CODE=${codeOf(4)}`]);
  writeFileSync(join(folder, ".git/FETCH_HEAD"), `CODE=${codeOf(5)}\n`);
  git(folder, ["worktree", "add", "-q", "-b", "other", join(root, "linked")]);
  writeFileSync(join(root, "linked/g"), `CODE=${codeOf(6)}\n`);
  git(join(root, "linked"), ["add", "g"]);
  const { found, gaps } = await secretsOfHistory(folder, scanner, {}, ["nested"]);
  assert.deepEqual(gaps, []);
  assert.deepEqual(found.secrets.map(({ path }) => path).sort(), [
    ".git/FETCH_HEAD",
    ".git/config",
    ".git/modules/a/b:f",
    "f",
    "g",
    "nested:f",
  ]);
  writeFileSync(join(folder, ".git/modules/a/b/config"), "[core]\nrepositoryformatversion = 7\n");
  const broken = await secretsOfHistory(folder, scanner);
  assert.match(broken.gaps[0]?.reason ?? "", /^\.git\/modules\/a\/b: .*format version 7 is unknown/);
});
