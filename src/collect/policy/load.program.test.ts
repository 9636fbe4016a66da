import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { defaultPolicy } from "./default.ts";
import { loadPolicy } from "./load.ts";

const head = "apiVersion: bulkhead/v1\n";

async function folder(files: Readonly<Record<string, string>> = {}) {
  const path = await mkdtemp(join(tmpdir(), "bulkhead-policy-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** The line of the Problem that loading ends with. */
async function refusal(root: string, flag?: string): Promise<string> {
  const error = await loadPolicy({ root, flag }).then(
    () => assert.fail("it was read"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Problem);
  assert.equal(error.kind, "usage");
  return error.line();
}

test("without a flag and a file it is the default policy", async () => {
  await using root = await folder();
  assert.equal(await loadPolicy({ root: root.path }), defaultPolicy);
  assert.equal(await loadPolicy({ root: join(root.path, "no-such-folder") }), defaultPolicy);
});

test("the tree's own file fills the defaults in and counts as the tree's", async () => {
  await using root = await folder({
    "bulkhead.yml": `${head}thresholds: {vulnerabilities: {severity: high}}\nexceptions:\n  - {id: A, path: /etc/x, reason: r, owner: o, expires: 2025-01-01}\n`,
  });
  assert.deepEqual(await loadPolicy({ root: root.path }), {
    ...defaultPolicy,
    thresholds: {
      ...defaultPolicy.thresholds,
      vulnerability: { severity: "high", fixableOnly: true, exploited: false },
    },
    exceptions: [
      {
        ids: ["A"],
        path: "etc/x",
        reason: "r",
        owner: "o",
        expires: "2025-01-01",
        source: { path: "bulkhead.yml", line: 4, column: 5 },
      },
    ],
    origin: { kind: "tree", path: "bulkhead.yml" },
  });
});

test("a trusted file wins over the tree's, which may only tighten it", async () => {
  await using root = await folder({ "bulkhead.yaml": `${head}unknownSeverity: low\nadvisories: {maxAgeDays: 1}\n` });
  await using other = await folder({ "policy.yaml": `${head}advisories: {maxAgeDays: 3}\n` });
  const flag = join(other.path, "policy.yaml");
  const policy = await loadPolicy({ root: root.path, flag });
  assert.deepEqual(policy.advisories, { maxAgeDays: 1 });
  assert.equal(policy.unknownSeverity, "unknown");
  assert.deepEqual(policy.origin, {
    kind: "trusted",
    name: flag,
    loosened: [
      { key: "unknownSeverity", path: "bulkhead.yaml", line: 2, column: 18, trusted: "unknown", wanted: "low" },
    ],
  });
});

test("a policy is taken from a commit, whatever the work tree has", async () => {
  await using root = await folder({ "bulkhead.yaml": `${head}advisories: {maxAgeDays: 3}\n` });
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", root.path, "-c", "user.name=t", "-c", "user.email=t@example.org", ...words], {
      stdio: "ignore",
    });
  git("init", "--quiet");
  git("add", "bulkhead.yaml");
  git("commit", "--quiet", "--no-gpg-sign", "-m", "policy");
  await writeFile(join(root.path, "bulkhead.yaml"), `${head}advisories: {maxAgeDays: 30}\n`);
  const policy = await loadPolicy({ root: root.path, flag: "git:HEAD:bulkhead.yaml" });
  assert.equal(policy.advisories.maxAgeDays, 3);
  assert.equal(policy.origin.kind === "trusted" && policy.origin.loosened[0]?.wanted, "30");

  assert.match(
    await refusal(root.path, "git:HEAD:other.yaml"),
    /^policy\.git: git:HEAD:other\.yaml: other\.yaml: HEAD has no such file/,
  );
  assert.match(
    await refusal(root.path, "git:no-such-branch:bulkhead.yaml"),
    /^policy\.git: .*no branch, tag or commit is called no-such-branch/,
  );
});

test("neither a commit's name nor the path may be missing", async () => {
  await using root = await folder();
  for (const flag of ["git:", "git:HEAD", "git:HEAD:", "git::x"]) {
    assert.match(await refusal(root.path, flag), /^policy\.git-name: .*a commit or a path is missing/);
  }
  assert.match(await refusal(root.path, "git:HEAD:x"), /^policy\.git: .*in no git repository/);
});

test("the first error is named with its place, and how many more there are", async () => {
  await using root = await folder({ "bulkhead.yaml": `${head}one: 1\ntwo: 2\nunknownSeverity: x\n` });
  assert.match(
    await refusal(root.path),
    /^policy\.invalid: bulkhead\.yaml:2:1: unknown key one \(allowed: a mapping of apiVersion, .*exceptions; 2 more problems: bulkhead policy validate bulkhead\.yaml\)$/,
  );
});

test("two policy files are an error", async () => {
  await using root = await folder({ "bulkhead.yaml": head, "bulkhead.yml": head });
  assert.match(await refusal(root.path), /^policy\.two-files: bulkhead\.yaml, bulkhead\.yml: /);
});

test("only a regular file of the tree is read", async () => {
  await using linked = await folder({ secret: "hidden" });
  await symlink(join(linked.path, "secret"), join(linked.path, "bulkhead.yaml"));
  assert.match(await refusal(linked.path), /^policy\.not-a-file: bulkhead\.yaml: a symbolic link/);
  await using nested = await folder();
  await mkdir(join(nested.path, "bulkhead.yaml"));
  assert.match(await refusal(nested.path), /^policy\.not-a-file: bulkhead\.yaml: not a regular file/);
  await using piped = await folder();
  execFileSync("mkfifo", [join(piped.path, "bulkhead.yaml")]);
  assert.match(await refusal(piped.path), /^policy\.not-a-file: /);
});

test("what is too large, not UTF-8 or not there is refused", async () => {
  await using root = await folder({ "bulkhead.yaml": `${head}#${"x".repeat(bounds.policyBytes)}` });
  assert.match(await refusal(root.path), /^policy\.too-large: bulkhead\.yaml: larger than 1024 KiB/);
  await writeFile(join(root.path, "bulkhead.yaml"), Buffer.from([0x61, 0xff, 0x00]));
  assert.match(await refusal(root.path), /^policy\.encoding: bulkhead\.yaml: not UTF-8/);
  await using empty = await folder();
  assert.match(await refusal(empty.path, join(empty.path, "none.yaml")), /^policy\.unreadable: .*no such file/);
  assert.match(await refusal(empty.path, empty.path), /^policy\.unreadable: .*a directory, not a file/);
});
