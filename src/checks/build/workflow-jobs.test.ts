import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf, told, withJob } from "./pipelines/workflow.fixture.ts";
import { workflowAnonymous } from "./workflow-anonymous.ts";
import { workflowConcurrency } from "./workflow-concurrency.ts";
import { workflowSelfHostedRunner } from "./workflow-self-hosted-runner.ts";

const STEPS = "steps: [{ run: 'true' }]";

test("workflows, jobs and actions without a name", () => {
  const text = `on: push\njobs:\n  a: { runs-on: ubuntu-latest, ${STEPS} }\n  b: { name: B, runs-on: ubuntu-latest, ${STEPS} }\n`;
  assert.deepEqual(told(findingsOf(workflowAnonymous, text)), [
    "low 1: The workflow has no name",
    "low 3: Job a has no name",
  ]);
  assert.deepEqual(told(findingsOf(workflowAnonymous, `name: ci\n${text.replace("a: {", "a: { name: A,")}`)), []);
  const action = "runs:\n  using: composite\n  steps: []\n";
  assert.deepEqual(told(findingsOf(workflowAnonymous, action, { path: "a/action.yml" })), [
    "low 1: The action has no name",
  ]);
});

test("workflows without a concurrency limit", () => {
  const found = (top: string, job = "", on = "push") =>
    told(
      findingsOf(
        workflowConcurrency,
        `on: ${on}\n${top}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    ${job}\n    ${STEPS}\n`,
      ),
    );
  assert.deepEqual(found(""), ["low 1,4: The workflow sets no concurrency limit, and neither does its job"]);
  assert.deepEqual(found("concurrency: ci"), ["low 2: The workflow's concurrency does not state cancel-in-progress"]);
  assert.deepEqual(found("", "concurrency: a").length, 1);
  for (const cancel of ["true", "false", "'${{ github.ref != 1 }}'"]) {
    assert.deepEqual(found(`concurrency: { group: ci, cancel-in-progress: ${cancel} }`), [], cancel);
    assert.deepEqual(found("", `concurrency: { group: ci, cancel-in-progress: ${cancel} }`), [], cancel);
  }
  assert.deepEqual(found("", "", "workflow_call"), []);
});

test("runners of one's own", () => {
  const found = (keys: string, on = "push") =>
    told(findingsOf(workflowSelfHostedRunner, withJob(`${keys}\n${STEPS}`, on)));
  assert.deepEqual(found("runs-on: [self-hosted, linux]"), ["low 4: Job build runs on a self-hosted runner"]);
  assert.deepEqual(found("runs-on: self-hosted", "pull_request"), ["medium 4: Job build runs on a self-hosted runner"]);
  assert.equal(found("runs-on: { group: big }").length, 1);
  const matrix = (strategy: string) => `runs-on: \${{ matrix.os }}\nstrategy: { matrix: ${strategy} }`;
  assert.deepEqual(found(matrix("{ os: [ubuntu-latest, self-hosted] }")), [
    "low 4,5: Job build runs on a self-hosted runner for some of its matrix",
  ]);
  assert.equal(found(matrix("{ os: [ubuntu-latest], include: [{ os: self-hosted }] }")).length, 1);
  assert.deepEqual(found(matrix("{ os: [ubuntu-latest, self-hosted], exclude: [{ os: self-hosted }] }")), []);
  assert.deepEqual(found("runs-on: ubuntu-latest"), []);
  assert.deepEqual(found("runs-on: ${{ inputs.os }}"), []);
});
