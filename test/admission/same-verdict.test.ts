/** One object has one verdict, whoever asks: over generated objects here, over public ones in conformance's `admission`. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { readClock } from "../../src/core/clock.ts";
import { openPolicies } from "../../src/guards/admission/policies.ts";
import { inProcess } from "../in-process.ts";
import { podsOf } from "./oracle/pods.ts";
import { randomAsked } from "./oracle/random-requests.ts";
import { threeWays } from "./three-ways.ts";

const OBJECTS = 150;
const universe = { images: ["registry.test/shop/api:1", "nginx", "ghcr.io/a/b:latest"], places: [] };
const policy = JSON.stringify({
  apiVersion: "bulkhead/v1",
  thresholds: { configuration: { severity: "negligible" } },
  enforcement: { admission: { default: "deny", unknown: "audit", checks: { "registry/*": "audit" } } },
});

function folder(t: { after(end: () => void): void }): string {
  const made = mkdtempSync(join(tmpdir(), "bulkhead-same-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  writeFileSync(join(made, "bulkhead.yaml"), policy);
  return made;
}

const objects = Array.from({ length: OBJECTS }, (_, seed) => randomAsked(seed, universe).object).filter(
  (object) => object !== undefined && podsOf(object).length > 0,
);

test("workload audit, admission test and the webhook say the same of generated objects", async (t) => {
  const root = folder(t);
  const set = await openPolicies({ policy: join(root, "bulkhead.yaml"), root, reviewed: false, roots: root });
  const ways = threeWays(set, readClock());
  assert.ok(objects.length > OBJECTS / 2);
  for (const object of objects) {
    const text = stringify(object);
    const { audit, test, webhook } = await ways.judge(text);
    assert.deepEqual({ test, webhook }, { test: audit, webhook: audit }, text);
  }
});

test("the commands say the same of one file", async (t) => {
  const root = folder(t);
  const [object] = objects.filter((each) => each?.kind === "Deployment");
  writeFileSync(join(root, "object.yaml"), stringify(object));
  const run = (...words: string[]) =>
    inProcess([...words, "--policy", "bulkhead.yaml", "--format", "json", "--quiet"], { cwd: root, home: root });
  const audited = await run("workload", "audit", "object.yaml");
  const tested = await run("admission", "test", "object.yaml", "--offline");
  const { evaluations } = JSON.parse(audited.stdout) as { evaluations: { check: string; verdict: string }[] };
  const { requests } = JSON.parse(tested.stdout) as { requests: { reasons: { check: string; verdict: string }[] }[] };
  const failed = (all: readonly { check: string; verdict: string }[]) =>
    [
      ...new Set(
        all
          .filter(({ check, verdict }) => verdict === "fail" && check.startsWith("workload/"))
          .map(({ check }) => check),
      ),
    ].sort();
  assert.ok(failed(evaluations).length > 0);
  assert.deepEqual(failed(requests.flatMap(({ reasons }) => reasons)), failed(evaluations));
  assert.deepEqual([audited.code, tested.code], [1, 1]);
});
