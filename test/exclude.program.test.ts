/** What is not to be scanned is named and counted, passes nothing, and is nothing that a directory's own policy decides under a trusted one. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-exclude-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const run = (...words: readonly string[]) =>
  inProcess([...words, "--now", "2026-01-02T00:00:00Z", "--quiet"], { cwd: folder, home: join(folder, "home") });

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const dockerfile = "FROM scratch\nCOPY a /a\n";
interface Json {
  exitCode: number;
  notes: string[];
  policy: { loosened?: { key: string }[] };
  controls?: { number: number; verdict: string; coverage: { excluded?: number } }[];
  evaluations: { asset: { name: string } }[];
}
async function scanned(...words: readonly string[]): Promise<{ names: string[]; report: Json }> {
  const { stdout, stderr } = await run(...words, "--format", "json");
  assert.notEqual(stdout, "", stderr);
  const report = JSON.parse(stdout) as Json;
  return { names: [...new Set(report.evaluations.map(({ asset }) => asset.name))].sort(), report };
}

put({
  "tree/Dockerfile": dockerfile,
  "tree/vendor/a/Dockerfile": dockerfile,
  "tree/vendor/b/Dockerfile": dockerfile,
  "tree/sub/testdata/Dockerfile": dockerfile,
});

test("--exclude leaves out what its patterns match, and says what, with the count", async () => {
  const all = await scanned("build", "lint", "tree");
  assert.equal(all.names.length, 4);
  const { names, report } = await scanned(
    "build",
    "lint",
    "tree",
    "--exclude",
    "vendor/**",
    "--exclude",
    "**/testdata",
  );
  assert.deepEqual(names, ["Dockerfile"]);
  assert.ok(
    report.notes.includes("excluded by --exclude, not scanned: 2 (sub/testdata, vendor)"),
    report.notes.join("\n"),
  );
});

test("a check says in each control that something was left out, and nothing of it passes", async () => {
  const { report } = await scanned("check", "tree", "--exclude", "vendor");
  for (const { coverage } of report.controls ?? []) assert.equal(coverage.excluded, 1);
  const { report: nothing } = await scanned(
    "check",
    "tree",
    "--exclude",
    "vendor",
    "--exclude",
    "sub",
    "--exclude",
    "Dockerfile",
  );
  assert.equal(nothing.exitCode, 3, "nothing is left to judge");
  assert.ok(nothing.controls?.every(({ verdict }) => verdict !== "pass"));
});

test("a pattern that would leave out everything, or lead elsewhere, is refused", async () => {
  for (const pattern of ["**", ".", "../other", "/"]) {
    const { code, stderr } = await run("build", "lint", "tree", "--exclude", pattern);
    assert.equal(code, 2, pattern);
    assert.match(stderr, /^bulkhead: exclude\.pattern: --exclude: /);
  }
});

test("the policy's exclude counts, and under a trusted policy that of the directory does not", async () => {
  const own = "apiVersion: bulkhead/v1\nexclude: [vendor, sub]\n";
  put({ "tree/bulkhead.yaml": own, "trusted.yaml": "apiVersion: bulkhead/v1\nexclude: [vendor]\n" });
  const alone = await scanned("build", "lint", "tree");
  assert.deepEqual(alone.names, ["Dockerfile"]);
  assert.ok(alone.report.notes.includes("excluded by the policy, not scanned: 2 (sub, vendor)"));
  const trusted = await scanned("build", "lint", "tree", "--policy", "trusted.yaml");
  assert.deepEqual(trusted.names, ["Dockerfile", "sub/testdata/Dockerfile"]);
  assert.deepEqual(
    trusted.report.policy.loosened?.map(({ key }) => key),
    ["exclude"],
  );
  rmSync(join(folder, "tree/bulkhead.yaml"));
});

test("--respect-gitignore reads nested files as Git does, never by default, and tracked files are scanned", async () => {
  put({
    "work/.gitignore": "build/\n*.tmp\n",
    "work/build/Dockerfile": dockerfile,
    "work/app/.gitignore": "*\n!.gitignore\n!keep/\n!keep/**\n",
    "work/app/Dockerfile": dockerfile,
    "work/app/keep/Dockerfile": dockerfile,
    "work/tracked/.gitignore": "Dockerfile\n",
    "work/tracked/Dockerfile": dockerfile,
    "work/tracked/other/Dockerfile": dockerfile,
  });
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-C", join(folder, "work"), ...words], {
      env: { PATH: process.env.PATH ?? "", HOME: folder },
    });
  git("init", "-q");
  git("add", "-f", "tracked/Dockerfile");
  const all = await scanned("build", "lint", "work");
  assert.equal(all.names.length, 5);
  const { names, report } = await scanned("build", "lint", "work", "--respect-gitignore");
  assert.deepEqual(names, ["app/keep/Dockerfile", "tracked/Dockerfile"]);
  assert.match(
    report.notes.join("\n"),
    /excluded by \.gitignore, not scanned: 3 \(app\/Dockerfile, build, tracked\/other/,
  );
  const part = await scanned("build", "lint", "work/tracked", "--respect-gitignore");
  assert.deepEqual(part.names, ["Dockerfile"], "a part of the work tree goes by its files too");
});

test("secrets are not looked for in what is excluded", async () => {
  const token = ["ghp", "0123456789abcdefghijABCDEFGHIJ012345"].join("_");
  put({ "keys/vendor/key.txt": `token=${token}\n`, "keys/readme.txt": "text\n" });
  const { report } = await scanned("secrets", "scan", "keys", "--exclude", "vendor");
  assert.ok(report.notes.includes("excluded by --exclude, not scanned: 1 (vendor)"));
  const { code } = await run("secrets", "scan", "keys", "--exclude", "vendor");
  assert.equal(code, 0);
});
