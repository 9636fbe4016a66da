import assert from "node:assert/strict";
import { test } from "node:test";
import { readGitlabPipeline } from "../gitlab/read.ts";
import { gitlabLifecycle } from "./gitlab.ts";
import type { LifecyclePipeline } from "./model.ts";

function lifecycleOf(text: string): LifecyclePipeline {
  return gitlabLifecycle(readGitlabPipeline(".gitlab-ci.yml", text, { read: () => undefined, match: () => [] }));
}

const MANY = 400;

test("jobs of earlier stages have ended, of however many stages", () => {
  const stages = Array.from({ length: MANY }, (_, at) => `s${at}`);
  const jobs = stages.map((stage, at) => `j${at}: {stage: ${stage}, script: [x]}\n`);
  const { before } = lifecycleOf(`stages: [${stages.join(", ")}]\n${jobs.join("")}`);
  assert.equal(before.get(`j${MANY - 1}`)?.size, MANY - 1);
  assert.equal(before.get(`j${MANY - 1}`)?.has("j0"), true);
  assert.equal(before.get("j0")?.size, 0);
  assert.deepEqual([...(before.get("j2") ?? [])], ["j0", "j1"]);
});

test("what a job needs has ended with what that needed, or with all before its stage, and nothing else of its own stage", () => {
  const chain = Array.from(
    { length: MANY },
    (_, at) => `c${at}: {script: [x], needs: [${at === 0 ? "" : `c${at - 1}`}]}\n`,
  );
  const { before } = lifecycleOf(chain.join(""));
  assert.equal(before.get(`c${MANY - 1}`)?.size, MANY - 1);
  const mixed = lifecycleOf(`stages: [a, b, c]
one: {stage: a, script: [x]}
two: {stage: b, script: [x]}
other: {stage: b, script: [x]}
three: {stage: c, script: [x], needs: [two]}
four: {stage: c, script: [x], needs: [one]}
`);
  assert.deepEqual([...(mixed.before.get("three") ?? [])].sort(), ["one", "two"]);
  assert.deepEqual([...(mixed.before.get("four") ?? [])], ["one"]);
});

test("a job that may fail with some exit codes fails nothing by a scan", () => {
  const why = (more: string) =>
    lifecycleOf(`scan: {script: [gitleaks git .]${more}}\n`).steps.map(({ ignored }) => ignored);
  assert.deepEqual(why(""), [undefined]);
  assert.deepEqual(why(", allow_failure: true"), ["its job may fail (allow_failure)"]);
  assert.deepEqual(why(", allow_failure: {exit_codes: [1]}"), ["its job may fail (allow_failure)"]);
});
