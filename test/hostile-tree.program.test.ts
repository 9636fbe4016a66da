/** What the author of a tree may not do, from the command line. */
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { git, skipWithoutGit } from "../src/engines/git/repository.fixture.ts";
import { bulkhead } from "./bulkhead.ts";
import { inProcess } from "./in-process.ts";

const head = "apiVersion: bulkhead/v1\n";

/** A folder with a tree, a home and whatever lies outside of both. */
function places(context: TestContext, files: Readonly<Record<string, string>>) {
  const base = mkdtempSync(join(realpathSync(tmpdir()), "bulkhead-hostile-"));
  context.after(() => rmSync(base, { recursive: true, force: true }));
  const [tree, home, outside] = ["tree", "home", "outside"].map((name) => join(base, name)) as [string, string, string];
  for (const folder of [tree, home, outside]) mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  return { tree, home, outside, run: (...words: string[]) => inProcess(words, { cwd: tree, home }) };
}

test("nothing that a repository's configuration names is run, whatever is asked for by git:", {
  skip: skipWithoutGit,
}, async (context) => {
  const missing = "e".repeat(40);
  const { tree, outside, run } = places(context, { Dockerfile: "FROM scratch\n", "trusted.yaml": head });
  const ran = join(outside, "ran");
  writeFileSync(join(outside, "run.sh"), `#!/bin/sh\necho "$@" >>${ran}\nexit 1\n`);
  chmodSync(join(outside, "run.sh"), 0o755);
  git(tree, ["init", "-q"]);
  const command = join(outside, "run.sh");
  const config = `[core]\nrepositoryformatversion = 1\nsshCommand = ${command}\nfsmonitor = ${command}\n[extensions]\npartialClone = o\n[remote "o"]\nurl = ssh://h/x\npromisor = true\n`;
  writeFileSync(join(tree, ".git/config"), config);
  // Committed into a folder it survives a clone: HEAD, config, objects, refs.
  git(outside, ["init", "-q", "--bare", join(tree, "lib")]);
  writeFileSync(join(tree, "lib/config"), config);
  for (const words of [
    ["check", ".", "--policy", `git:${missing}:x.yaml`],
    ["check", "lib", "--policy", `git:${missing}:x.yaml`],
    ["build", "lint", "lib", "--baseline", `git:${missing}:x.json`],
    ["build", "deps", "lib", "--vex", `git:${missing}:x.json`],
  ]) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, /is not in the repository \(the commit must be fetched/);
  }
  for (const place of [".", "lib"]) {
    writeFileSync(join(tree, place, "bulkhead.yaml"), `${head}extends: git:${missing}:x.yaml\n`);
  }
  for (const words of [
    ["check", "."],
    ["check", "lib", "--policy", "trusted.yaml"],
    ["workload", "audit", "."],
    ["build", "lint", "lib"],
    ["secrets", "scan", "."],
  ]) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 2);
    assert.match(stderr, /policy\.outside: .*cannot use git:/);
  }
  assert.ok(!existsSync(ran));
});

test("a committed bare repository does not give the policy that is called trusted", {
  skip: skipWithoutGit,
}, async (context) => {
  const { tree, outside, run } = places(context, { "vendor/lib/Dockerfile": "FROM scratch\n" });
  const commit = (folder: string, severity: string) => {
    git(folder, ["init", "-q", "--initial-branch=trusted"]);
    writeFileSync(join(folder, "org.yaml"), `${head}thresholds: {configuration: {severity: ${severity}}}\n`);
    git(folder, ["add", "org.yaml"]);
    git(folder, ["commit", "-qm", "policy"]);
  };
  commit(tree, "low");
  commit(outside, "critical");
  git(outside, ["clone", "-q", "--bare", outside, join(outside, "bare")]);
  for (const name of ["HEAD", "config", "objects", "refs", "packed-refs"]) {
    const from = join(outside, "bare", name);
    if (existsSync(from)) git(outside, ["-c", `alias.cp=!cp -r ${from} ${join(tree, "vendor/lib")}/`, "cp"]);
  }
  assert.ok(existsSync(join(tree, "vendor/lib/objects")));
  const { stdout } = await run("build", "lint", "vendor/lib", "--policy", "git:trusted:org.yaml", "--details");
  assert.match(stdout, /policy: trusted: git:trusted:org\.yaml/);
  // A Dockerfile without a user is over the tree's own threshold, and would be under the attacker's.
  assert.match(stdout, /finding: \S+ over /);
});

test("no file that a run writes goes through a link of the tree", async (context) => {
  const { tree, outside, run } = places(context, {
    Dockerfile: "FROM debian\nADD a b\n",
    "image/x": "",
    "a.json": JSON.stringify({ id: "X-1", modified: "2026-01-01T00:00:00Z", affected: [] }),
  });
  writeFileSync(join(outside, "kept"), "kept");
  for (const name of ["findings.sarif", "base.json", "bulkhead.schema.json"])
    symlinkSync(join(outside, "kept"), join(tree, name));
  symlinkSync(outside, join(tree, "reports"));
  symlinkSync(outside, join(tree, ".github"));
  for (const words of [
    ["check", ".", "--format", "sarif=findings.sarif"],
    ["build", "lint", ".", "--format", "json=reports/new.json"],
    ["build", "lint", ".", "--write-baseline", "base.json"],
    ["build", "lint", ".", "--write-baseline", "reports/base.json"],
    ["image", "sbom", "dir:image", "--format", "spdx", "--output", "findings.sarif"],
    ["image", "base", ".", "--automate", "github", "--write"],
    ["image", "base", ".", "--automate", "dependabot", "--write"],
    ["init", "."],
    ["db", "import", "a.json", "--db", "base.json"],
    ["build", "lint", ".", "--db", "base.json", "--cache", "base.json"],
  ]) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 2, `${words.join(" ")}: ${stderr}`);
    assert.match(stderr, /symbolic link|file already exists/, words.join(" "));
  }
  assert.deepEqual(readdirSync(outside), ["kept"]);
  assert.equal(readFileSync(join(outside, "kept"), "utf8"), "kept");
  assert.ok(lstatSync(join(tree, "findings.sarif")).isSymbolicLink());
  const { code } = await run("build", "lint", ".", "--format", "sarif=own.sarif");
  assert.notEqual(code, 2);
  assert.equal(JSON.parse(readFileSync(join(tree, "own.sarif"), "utf8")).version, "2.1.0");
});

test("folders for what is kept are the user's alone", async (context) => {
  const { tree, home } = places(context, { "image/etc/os-release": "ID=debian\nVERSION_ID=13\n" });
  // What Node compiled is kept where users have it: its folder is made before the program's own.
  const environment = { NODE_COMPILE_CACHE: "" };
  await bulkhead(["image", "sbom", "dir:image", "--format", "spdx"], { cwd: tree, home, environment });
  assert.ok(existsSync(join(home, ".cache/bulkhead/compiled")));
  const made = join(home, ".cache/bulkhead");
  assert.equal(statSync(made).mode & 0o777, 0o700);
});

test("names of the tree are no commands to the log of a service", async (context) => {
  const name = "::stop-commands::x ##[error]y ##vso[task.complete]";
  const { run } = places(context, {
    [`${name}/Dockerfile`]: `FROM debian:latest\nRUN echo ${name}\nADD x /\n`,
    [`${name}/pod.yaml`]: `apiVersion: v1\nkind: Pod\nmetadata: {name: "${name}"}\nspec: {containers: [{name: a, image: b}]}\n`,
    [`${name}/bad.yaml`]: `apiVersion: v1\nkind: Pod\nspec: {x: *${name}}\n`,
  });
  for (const words of [
    ["check", ".", "--format", "plain"],
    ["check", ".", "--format", "table", "--all"],
    ["check", ".", "--format", "json"],
    ["workload", "audit", ".", "--format", "markdown"],
    ["workload", "fix", ".", "--dry-run"],
    ["build", "lint", ".", "--diff", "--offline"],
    ["build", "lint", `${name}/none`],
    [`--${name}`],
  ]) {
    const { stdout, stderr } = await run(...words);
    for (const line of `${stdout}\n${stderr}`.split("\n")) {
      assert.doesNotMatch(line, /^\s*::[a-z]|##[a-z]*\[/i, words.join(" "));
    }
  }
});
