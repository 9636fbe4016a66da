import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parsePastRuns } from "./past-runs.ts";

const at = "2026-11-23T03:00:00Z";
const run = { workflow: "rebuild", event: "schedule", conclusion: "failure", at };

const KEYS = [
  "workflowName",
  "event",
  "source",
  "conclusion",
  "status",
  "createdAt",
  "created_at",
  "startedAt",
  "path",
];

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
});

test("whatever a list holds, only runs with a time and an event come of it", () => {
  const text = fc.oneof(fc.constantFrom("schedule", "push", at, "success", ""), fc.string());
  const entry = fc.dictionary(fc.constantFrom(...KEYS), fc.oneof(text, fc.jsonValue()));
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.jsonValue(), entry)), (list) => {
      const isRun = (each: unknown): boolean => {
        const { createdAt, created_at, startedAt, event, source } = (each ?? {}) as Record<string, unknown>;
        const texts = (...all: readonly unknown[]) => all.filter((one) => typeof one === "string");
        const [time] = texts(createdAt, created_at, startedAt);
        return time !== undefined && !Number.isNaN(Date.parse(time)) && texts(event, source).length > 0;
      };
      const count = list.filter((each) => !Array.isArray(each) && isRun(each)).length;
      const runs = parsePastRuns(JSON.stringify(list));
      if (list.length > 0 && count === 0) assert.equal(runs, undefined);
      else assert.equal(runs?.length, count);
      for (const { at: time, ...texts } of runs ?? []) {
        assert.ok(!Number.isNaN(Date.parse(time)));
        for (const one of Object.values(texts)) assert.equal(typeof one, "string");
      }
    }),
  );
});
