import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parsePastRuns } from "./past-runs.ts";

const at = "2026-11-23T03:00:00Z";
const run = { workflow: "rebuild", event: "schedule", conclusion: "failure", at };

test("runs as gh, GitHub's API and GitLab's list them", () => {
  const own = { workflowName: "rebuild", event: "schedule", conclusion: "failure", createdAt: at };
  assert.deepEqual(parsePastRuns(JSON.stringify([own])), [run]);
  const api = { name: "rebuild", event: "schedule", conclusion: "failure", created_at: at };
  assert.deepEqual(parsePastRuns(JSON.stringify({ total_count: 1, workflow_runs: [api] })), [run]);
  const gitlab = { id: 1, source: "schedule", status: "failed", created_at: at };
  assert.deepEqual(parsePastRuns(JSON.stringify([gitlab])), [{ ...run, workflow: ".gitlab-ci.yml" }]);
  // One that still runs has no conclusion.
  assert.equal(parsePastRuns(JSON.stringify([{ ...own, conclusion: null }]))?.[0]?.conclusion, "");
});

test("what is no list of runs is none", () => {
  for (const text of ["", "{}", "3", '[{"a":1}]', '[{"event":"schedule","createdAt":"soon"}]']) {
    assert.equal(parsePastRuns(text), undefined, text);
  }
  assert.deepEqual(parsePastRuns("[]"), []);
  fc.assert(fc.property(fc.json(), (text) => parsePastRuns(text) === undefined || true));
});
