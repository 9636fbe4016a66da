/** Unknowns that somebody answers for: verdicts stay, the exit code does not count them, and the report says who and until when. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-unknowns-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const now = ["--now", "2026-01-02T00:00:00Z", "--quiet"];
const run = (...words: readonly string[]) => inProcess([...words, ...now], { cwd: folder, home: join(folder, "home") });

mkdirSync(join(folder, "deploy"));
const broken = join(folder, "deploy", "broken.yaml");
writeFileSync(broken, "apiVersion: v1\nkind: Pod\nmetadata: {name: b\n");

interface Json {
  exitCode: number;
  notes: string[];
  evaluations: { check: string; verdict: string; accepted?: { code: string; by: string; expires?: string }[] }[];
}

test("without acceptance a file that cannot be read makes the run incomplete", async () => {
  const { code, stdout } = await run("workload", "audit", "deploy");
  assert.equal(code, 3, stdout);
});

test("--accept-unknown takes a code out of the exit code, and leaves the verdict", async () => {
  const { code, stdout } = await run(
    "workload",
    "audit",
    "deploy",
    "--accept-unknown",
    "kubernetes.yaml",
    "--format",
    "json",
  );
  assert.equal(code, 0);
  const report = JSON.parse(stdout) as Json;
  const unknown = report.evaluations.filter(({ verdict }) => verdict === "unknown");
  assert.ok(unknown.length > 0);
  for (const { accepted } of unknown) assert.deepEqual(accepted, [{ code: "kubernetes.yaml", by: "option" }]);
  assert.match(
    report.notes.join("\n"),
    /\d+ unknowns? accepted, not counted by the exit code: kubernetes\.yaml by --acc/,
  );
});

test("a code that nothing has is said, with the one that is near", async () => {
  const { code, stdout } = await run("workload", "audit", "deploy", "--accept-unknown", "kubernetes.yml");
  assert.equal(code, 3);
  assert.match(stdout, /--accept-unknown kubernetes\.yml: matches no unknown; did you mean kubernetes\.yaml\?/);
  assert.equal((await run("workload", "audit", "deploy", "--accept-unknown", "all")).code, 2);
});

test("an entry of the policy accepts until its last day, and under a trusted policy the directory's own does not", async () => {
  const entry = (expires: string) =>
    `apiVersion: bulkhead/v1\nunknown:\n  - {code: kubernetes.yaml, check: workload/*, reason: a template, owner: the team, expires: ${expires}}\n`;
  writeFileSync(join(folder, "policy.yaml"), entry("2026-01-02"));
  const accepted = await run("workload", "audit", "deploy", "--policy", "policy.yaml");
  assert.equal(accepted.code, 0, accepted.stdout);
  assert.match(accepted.stdout, /kubernetes\.yaml by the team until 2026-01-02 \(a template\)/);
  writeFileSync(join(folder, "policy.yaml"), entry("2026-01-01"));
  const expired = await run("workload", "audit", "deploy", "--policy", "policy.yaml");
  assert.equal(expired.code, 3);
  assert.match(expired.stdout, /policy\.yaml:3:5: the acceptance of kubernetes\.yaml expired on 2026-01-01/);

  writeFileSync(join(folder, "trusted.yaml"), "apiVersion: bulkhead/v1\n");
  writeFileSync(join(folder, "deploy", "bulkhead.yaml"), entry("2026-12-01"));
  assert.equal((await run("workload", "audit", "deploy")).code, 0, "its own, where there is no other");
  const untrusted = await run("workload", "audit", "deploy", "--policy", "trusted.yaml");
  rmSync(join(folder, "deploy", "bulkhead.yaml"));
  assert.equal(untrusted.code, 3);
  assert.match(
    untrusted.stdout,
    /tried to loosen unknown\[0\] from no such entry to kubernetes\.yaml, check workload\/\*/,
  );
});

test("a run straight after --write-baseline is green, and a new reason is red again", async () => {
  assert.equal((await run("workload", "audit", "deploy", "--write-baseline", "known.json")).code, 3);
  const next = await run("workload", "audit", "deploy", "--baseline", "known.json");
  assert.equal(next.code, 0, next.stdout);
  assert.match(next.stdout, /kubernetes\.yaml by the baseline until 2026-04-02/);
  const text = readFileSync(broken, "utf8");
  writeFileSync(broken, `\n\n${text}`);
  assert.equal((await run("workload", "audit", "deploy", "--baseline", "known.json")).code, 3);
  writeFileSync(broken, text);
});

test("a baseline never absorbs no advisory database", async () => {
  mkdirSync(join(folder, "app"));
  writeFileSync(
    join(folder, "app", "package-lock.json"),
    JSON.stringify({ lockfileVersion: 3, packages: { "": {}, "node_modules/a": { version: "1.0.0" } } }),
  );
  const first = await run("build", "deps", "app", "--write-baseline", "deps.json");
  assert.equal(first.code, 3);
  assert.match(first.stdout, /unknowns that no baseline records: database\.missing/);
  assert.equal((await run("build", "deps", "app", "--baseline", "deps.json")).code, 3);
  assert.equal((await run("build", "deps", "app", "--accept-unknown", "database.missing")).code, 0, "who says so, may");
});
