import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf, told, withJob, withSteps } from "./pipelines/workflow.fixture.ts";
import { workflowDangerousTrigger } from "./workflow-dangerous-trigger.ts";
import { workflowExcessivePermissions } from "./workflow-excessive-permissions.ts";
import { workflowUndocumentedPermissions } from "./workflow-undocumented-permissions.ts";

const JOB = "runs-on: ubuntu-latest\n    steps: [{ run: 'true' }]\n";

/** A workflow of two jobs. */
function two(top: string, first = "", second = "", on = "push"): string {
  return `name: ci\non: ${on}\n${top}\njobs:\n  a:\n    ${first}\n    ${JOB}  b:\n    ${second}\n    ${JOB}`;
}

test("permissions that nobody stated", () => {
  const found = (text: string) => told(findingsOf(workflowExcessivePermissions, text));
  assert.deepEqual(found(two("")), ["medium 1,5,9: No permissions are set: 2 jobs have the repository's default"]);
  assert.deepEqual(found(two("", "permissions: {}")), [
    "medium 1,9: No permissions are set: a job has the repository's default",
  ]);
  assert.deepEqual(found(two("", "permissions: {}", "permissions: { contents: read }")), []);
  assert.deepEqual(found(two("permissions: {}")), []);
  assert.equal(findingsOf(workflowExcessivePermissions, two("", "", "", "workflow_call"))[0]?.severity, "low");
});

test("permissions that are wider than needed", () => {
  const found = (text: string) => told(findingsOf(workflowExcessivePermissions, text));
  assert.deepEqual(found(two("permissions: write-all")), ["high 3: Every job of the workflow may write everything"]);
  assert.deepEqual(found(two("permissions: read-all")), ["medium 3: Every job of the workflow may read everything"]);
  assert.deepEqual(found(two("permissions: { contents: write, packages: read, statuses: write }")), [
    "medium 3: Every job of the workflow may write contents",
    "low 3: Every job of the workflow may write statuses",
  ]);
  assert.deepEqual(found(two("permissions: {}", "permissions: write-all", "permissions: { contents: write }")), [
    "high 6: Job a may write everything",
  ]);
  const single = `on: push\npermissions: { contents: write }\njobs:\n  a:\n    ${JOB}`;
  assert.deepEqual(found(single), ["low 2: Every job of the workflow may write contents"]);
});

test("permissions without a reason", () => {
  const text = `name: ci
on: push
permissions:
  contents: read
  packages: write
jobs:
  a:
    permissions:
      contents: write # pushes the tag
      issues: write #
      checks: none
    ${JOB}`;
  assert.deepEqual(told(findingsOf(workflowUndocumentedPermissions, text)), [
    "low 5,10: 2 permissions have no comment that gives the reason",
  ]);
  assert.deepEqual(told(findingsOf(workflowUndocumentedPermissions, two("permissions: {}"))), []);
});

test("triggers of outsiders", () => {
  const found = (text: string) => told(findingsOf(workflowDangerousTrigger, text));
  const harmless = "- run: echo";
  assert.deepEqual(found(withSteps(harmless, "[pull_request, push]")), []);
  assert.deepEqual(found(withSteps(harmless, "pull_request_target")), [
    "medium 1,1: pull_request_target runs with the repository's secrets, and outsiders can fire it",
  ]);
  assert.deepEqual(found(withSteps(harmless, "{ workflow_run: { workflows: [ci] } }")).length, 1);
  assert.deepEqual(found(withSteps("- uses: actions/labeler@v5", "pull_request_target")), []);
  for (const ref of [
    "github.event.pull_request.head.sha",
    "github.head_ref",
    "format('refs/pull/{0}/merge', github.event.number)",
    "github['event'].pull_request.head['ref']",
  ]) {
    const text = withSteps(`- uses: actions/checkout@v4\n  with: { ref: "\${{ ${ref} }}" }`, "pull_request_target");
    assert.deepEqual(found(text), [
      "high 1,1,6: pull_request_target runs with the repository's secrets and checks out the pull request's code",
    ]);
  }
  const base = withSteps(
    "- uses: actions/checkout@v4\n  with: { ref: '${{ github.event.pull_request.base.sha }}' }",
    "pull_request_target",
  );
  assert.equal(findingsOf(workflowDangerousTrigger, base)[0]?.severity, "medium");
  assert.deepEqual(found(withJob("runs-on: ubuntu-latest\nsteps: []")), []);
});
