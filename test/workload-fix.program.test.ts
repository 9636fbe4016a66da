/** `bulkhead workload fix` as its users run it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-workload-fix-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const place = join(folder, "manifests");
const file = join(place, "web.yaml");
const POD = `# The front.\r\napiVersion: v1\r\nkind: Pod\r\nmetadata: {name: web}\r\nspec:\r\n  containers:\r\n    - name: web # it serves\r\n      image: shop/web:1\r\n`;
const FIXED = `${POD}      securityContext:\r\n        allowPrivilegeEscalation: false\r\n`;

beforeEach(() => {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  writeFileSync(file, POD);
});

async function fix(...written: string[]) {
  return await inProcess(["workload", "fix", ...written, "--now", "2026-01-01T00:00:00Z"], {
    cwd: folder,
    home: folder,
  });
}

test("it writes what is safe into the files, with --unsafe what is likely, and says what is left and why", async () => {
  const unasked = await fix("manifests", "--format", "plain");
  assert.equal(unasked.code, 1);
  assert.equal(readFileSync(file, "utf8"), POD);
  assert.match(
    unasked.stdout,
    /^note: 1 finding not fixed: likely: what is setuid in the image gains nothing any more \(use --unsafe/m,
  );
  const { code, stdout } = await fix("manifests", "--unsafe", "--format", "plain");
  assert.equal(code, 1);
  assert.ok(readFileSync(file, "utf8").startsWith(FIXED));
  assert.match(stdout, /fixed: Container \S+ does not set allowPrivilegeEscalation: false .*; likely: what is setuid/);
  assert.match(
    stdout,
    /1 finding not fixed: needs knowledge: the user of its image is unknown.*runAsNonRoot is not set/,
  );
});

test("--dry-run changes nothing, and prints a patch that git makes the same of", async () => {
  const { stdout, stderr } = await fix("manifests", "--unsafe", "--dry-run");
  assert.equal(readFileSync(file, "utf8"), POD);
  assert.match(stderr, /would be fixed: .*\n/);
  const { status } = spawnSync("git", ["apply", "-"], { cwd: place, input: stdout });
  assert.equal(status, 0);
  assert.ok(readFileSync(file, "utf8").startsWith(FIXED));
  assert.equal((await fix(join("manifests", "web.yaml"), "--format", "patch")).stdout, "");
});

test("--format kustomize prints a kustomization, and changes nothing", async () => {
  const { stdout } = await fix("manifests", "--unsafe", "--format", "kustomize", "--quiet");
  assert.equal(readFileSync(file, "utf8"), POD);
  assert.match(stdout, /^kind: Kustomization$/m);
  assert.match(stdout, /allowPrivilegeEscalation: false/);
});

test("a link out of the folder is not written through, and a slip is one line", async () => {
  const outside = join(folder, "outside.yaml");
  writeFileSync(outside, POD);
  rmSync(file);
  symlinkSync(outside, file);
  const { stdout } = await fix(join("manifests", "web.yaml"), "--unsafe", "--format", "plain");
  assert.match(stdout, /not rewritten: .*symbolic links are not written through/);
  assert.equal(readFileSync(outside, "utf8"), POD);
  const { code, stderr } = await fix("nowhere");
  assert.deepEqual([code, stderr.includes("no such file or directory")], [2, true]);
  assert.equal((await fix("manifests", "--format", "patch", "--format", "kustomize")).code, 2);
});

test("--report makes the fixes of a report that was written elsewhere, and no others", async () => {
  const report = join(folder, "report.json");
  await inProcess(["workload", "audit", "manifests", "--format", `json=${report}`, "--now", "2026-01-01T00:00:00Z"], {
    cwd: folder,
    home: folder,
  });
  const whole = readFileSync(report, "utf8");
  const document = JSON.parse(whole) as { evaluations: { check: string; findings: unknown[] }[] };
  for (const evaluation of document.evaluations) {
    if (evaluation.check !== "workload/allow-privilege-escalation") evaluation.findings = [];
  }
  writeFileSync(report, JSON.stringify({ ...document, controls: undefined }));
  const { stdout } = await fix("manifests", "--unsafe", "--report", report, "--format", "plain");
  assert.equal(readFileSync(file, "utf8"), FIXED);
  assert.match(stdout, /: fixed: Container \S+ does not set allowPrivilegeEscalation: false/);
  assert.doesNotMatch(stdout, /not fixed/);

  const again = await fix("manifests", "--unsafe", "--report", report, "--format", "plain");
  assert.match(again.stdout, /1 finding not fixed: no such finding in these files: /);
  assert.equal(readFileSync(file, "utf8"), FIXED);
});

test("a change that a report brings of its own is refused, and so is what is no report", async () => {
  const report = join(folder, "report.json");
  await inProcess(["workload", "audit", "manifests", "--format", `json=${report}`, "--now", "2026-01-01T00:00:00Z"], {
    cwd: folder,
    home: folder,
  });
  const text = readFileSync(report, "utf8");
  const brought = text.replace(
    /"patches": \[/g,
    '"patches": [{ "path": ["spec", "containers", 0, "image"], "op": "set", "value": "evil/web:1" },',
  );
  assert.notEqual(brought, text);
  writeFileSync(report, brought);
  const { stdout } = await fix("manifests", "--unsafe", "--report", report, "--format", "plain");
  assert.equal(readFileSync(file, "utf8"), POD);
  assert.match(stdout, /not fixed: the change differs from the one that the check proposes: /);

  writeFileSync(report, "{}");
  const { code, stderr } = await fix("manifests", "--report", report);
  assert.equal(code, 2);
  assert.match(stderr, /report\.json: not a Bulkhead report \(create it with --format json/);
});
