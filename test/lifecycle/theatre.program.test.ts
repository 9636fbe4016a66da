/** Ten made set-ups of theatre are each named; their honest twins are silent. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { openAdvisories } from "../../src/collect/image/advisories.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import type { LifecycleStepResult } from "../../src/core/lifecycle.ts";
import { lifecycleOf } from "../../src/joins/lifecycle/lifecycle.ts";
import { theatre } from "../../src/joins/lifecycle/theatre.ts";
import { scanTree } from "../../src/scan/tree.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Files, furtherSetUps, type SetUp, setUps } from "./set-ups.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-theatre-"));
after(() => rmSync(folder, { recursive: true }));
const now = new Date("2026-11-28T00:00:00Z");

function write(name: string, files: Files): string {
  const root = join(folder, name.replaceAll(" ", "-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function scanned(name: string, files: Files) {
  let seen: readonly LifecycleStepResult[] = [];
  const { evaluations } = await scanTree(
    write(name, files),
    {
      now,
      policy: defaultPolicy,
      advisories: openAdvisories(join(folder, "none.db")),
      open: { registry: {} },
      onLifecycle: (told) => {
        seen = told;
      },
    },
    { secrets: false, render: false },
  );
  const found = [...evaluations].flatMap(({ check, findings }) =>
    theatre.has(check) ? findings.map(() => check) : [],
  );
  return { found: [...new Set(found)], steps: lifecycleOf(seen, evaluations) };
}

for (const { name, check, step, theatre: made, twin } of [...setUps, ...furtherSetUps] satisfies readonly SetUp[]) {
  test(`${name}: named, and its twin silent`, async () => {
    const one = await scanned(name, made);
    assert.deepEqual(one.found, [check], "one cause is told once");
    const told = one.steps.find((each) => each.step === step);
    assert.equal(told?.state, "theatre", JSON.stringify(told));
    assert.ok(told.short !== undefined && told.places.length > 0);
    assert.deepEqual(one.steps.filter(({ state }) => state === "theatre").length, 1);
    const other = await scanned(`${name} twin`, twin);
    assert.deepEqual(other.found, []);
    assert.deepEqual(
      other.steps.filter(({ state }) => state === "theatre"),
      [],
    );
    assert.notEqual(other.steps.find((each) => each.step === step)?.state, "absent", "what is silent is there");
  });
}

test("ten of them there are, each of a cause of its own", () => {
  assert.equal(setUps.length, 10);
  assert.equal(new Set(setUps.map(({ check }) => check)).size, 10);
});

test("what is in no file that was read is unknown, and nothing is theatre", async () => {
  const { found, steps } = await scanned("alone", {
    ".github/workflows/release.yml": setUps[0]?.theatre[".github/workflows/release.yml"] ?? "",
  });
  assert.deepEqual(found, []);
  const states = new Map(steps.map(({ step, state }) => [step, state]));
  assert.equal(states.get("sign"), "exists");
  assert.deepEqual([states.get("admit"), states.get("run"), states.get("detect")], ["unknown", "unknown", "unknown"]);
});

test("what a system of continuous integration runs that is not read may be anything", async () => {
  const others = { ".circleci/config.yml": "version: 2.1\n", "ci/Jenkinsfile": "", Jenkinsfile: "pipeline {}\n" };
  const { found, steps } = await scanned("foreign", { ...setUps[0]?.theatre, ...others });
  assert.deepEqual(found, [], "what signs may be verified there");
  const reason = "what CircleCI runs was not read: .circleci/config.yml";
  for (const name of ["review", "sbom", "secrets", "rebuild"]) {
    const step = steps.find((each) => each.step === name);
    assert.deepEqual([step?.state, step?.reason], ["unknown", reason], name);
  }
  const alone = write("foreign alone", others);
  const { stdout } = await bulkhead(["build", "audit", alone, "--quiet", "--format", "plain"], {
    cwd: folder,
    home: folder,
  });
  assert.match(
    stdout,
    /^note: pipelines of systems that are not read: 3 \(\.circleci\/config\.yml of CircleCI, Jenkinsfile of Jenkins, ci\/Jenkinsfile of Jenkins\)$/m,
  );
});

test("check says it in one row, and in every format", async () => {
  const root = write("check", setUps[0]?.theatre ?? {});
  const outputs = ["table", "plain=plain.txt", "json=report.json", "markdown=report.md", "html=report.html"];
  const { code, stdout, stderr } = await bulkhead(
    [
      "check",
      root,
      "--quiet",
      "--no-secrets",
      "--now",
      now.toISOString(),
      ...outputs.flatMap((one) => ["--format", one]),
    ],
    { cwd: folder, home: folder },
  );
  assert.equal(code, 1, stderr);
  assert.match(stdout, /^lifecycle {2}review – · build ✓ .*sign ✗ theatre: never verified/m);
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  assert.match(
    read("plain.txt"),
    /^lifecycle: sign theatre: cosign signs images in \.github\/workflows\/release\.yml, and nothing verifies them \(\.github/m,
  );
  const { lifecycle } = JSON.parse(read("report.json")) as { lifecycle: LifecycleStepResult[] };
  assert.equal(lifecycle.length, 12);
  assert.equal(lifecycle.find(({ step }) => step === "sign")?.short, "never verified");
  assert.match(read("report.md"), /sign ✗ theatre&#58; never verified/);
  assert.match(read("report.html"), /<h2>Lifecycle<\/h2>/);
});
