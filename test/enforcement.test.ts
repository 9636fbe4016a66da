/** What a policy does not enforce: the exit code and the reports of the program. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readReport } from "../src/report/json/read.ts";
import { type Answered, inProcess } from "./in-process.ts";

let folder: string;
let tree: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-enforced-"));
  tree = join(folder, "tree");
  for (const name of ["home", "tree"]) mkdirSync(join(folder, name));
  write("tree/pod.yaml", [
    "apiVersion: v1",
    "kind: Pod",
    "metadata: {name: web, namespace: shop}",
    "spec:",
    "  containers: [{name: web, image: registry.example.com/web@sha256:0, securityContext: {privileged: true}}]",
  ]);
});
after(() => rmSync(folder, { recursive: true }));

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
}

/** `check` over the tree, whose own policy has this line. */
async function check(own: string, ...options: readonly string[]): Promise<Answered> {
  write("tree/bulkhead.yaml", ["apiVersion: bulkhead/v1", own]);
  return await inProcess(["check", tree, "--now", "2026-11-01T00:00:00Z", ...options], {
    cwd: folder,
    home: join(folder, "home"),
  });
}

test("warn and audit change the exit code alone", async () => {
  const denied = await check("registries: []", "--format", "json");
  const warned = await check("enforcement: {ci: warn}", "--format", "json");
  assert.deepEqual([denied.code, warned.code], [1, 0], warned.stderr);
  const [before, now] = [denied, warned].map(({ stdout }) => readReport(stdout));
  const verdicts = (report = before) => report?.evaluations.map(({ check, verdict }) => `${check} ${verdict}`);
  assert.deepEqual(verdicts(now), verdicts(before));
  assert.deepEqual(
    now?.controls?.map(({ number, verdict }) => [number, verdict]),
    before?.controls?.map(({ number, verdict }) => [number, verdict]),
  );
  assert.ok(now?.evaluations.some(({ verdict, action }) => verdict === "fail" && action === "warn"));
  assert.ok(before?.evaluations.every(({ action }) => action === undefined));
});

test("the report says how many are not enforced, and of what is audited one line", async () => {
  const warned = await check("enforcement: {ci: warn}", "--format", "plain", "--details");
  assert.match(warned.stdout, /^enforced: \d+ failed or unknown are not enforced \(\d+ warn\)/m);
  assert.match(
    warned.stdout,
    /^result: pass: nothing that the policy enforces · .* not enforced by the policy · exit code 0$/m,
  );
  assert.match(warned.stdout, /^evaluation: fail \S+ .*action=warn/m);
  const audited = await check("enforcement: {ci: audit}", "--format", "plain");
  assert.equal(audited.code, 0);
  assert.match(audited.stdout, /^audited: \d+ evaluations with \d+ findings: /m);
  assert.doesNotMatch(audited.stdout, /^(?:fix|finding): /m);
  const all = await check("enforcement: {ci: audit}", "--format", "plain", "--all");
  assert.match(all.stdout, /^evaluation: fail \S+ .*action=audit/m);
});

test("what else is enforced still counts", async () => {
  const some = await check('enforcement: {ci: {default: warn, checks: {"workload/privileged": deny}}}');
  assert.equal(some.code, 1, some.stdout);
});

test("the tree's own policy cannot take a trusted one's enforcement back", async () => {
  write("trusted.yaml", ["apiVersion: bulkhead/v1"]);
  const held = await check("enforcement: {ci: audit}", "--policy", join(folder, "trusted.yaml"), "--format", "plain");
  assert.equal(held.code, 1);
  assert.match(
    held.stdout,
    /^loosened: .*bulkhead\.yaml:2:19 tried to loosen enforcement\.ci from deny to audit; refused$/m,
  );
});

test("an environment is chosen by its name", async () => {
  const own = "environments: {development: {enforcement: {ci: warn}}}";
  assert.equal((await check(own)).code, 1);
  const development = await check(own, "--environment", "development", "--format", "plain");
  assert.equal(development.code, 0);
  assert.match(
    development.stdout,
    /^policy: untrusted: bulkhead\.yaml \(environment development\) is in the scanned directory/m,
  );
  const misspelt = await check(own, "--environment", "develop");
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.stderr, /--environment develop: no environment of this name in the policy.*development/);
});
