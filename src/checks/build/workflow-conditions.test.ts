import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf, told, withSteps } from "./pipelines/workflow.fixture.ts";
import { workflowBotConditions } from "./workflow-bot-conditions.ts";
import { workflowUnsoundCondition } from "./workflow-unsound-condition.ts";
import { workflowUnsoundContains } from "./workflow-unsound-contains.ts";
import { workflowUnsoundTernary } from "./workflow-unsound-ternary.ts";

const step = (condition: string): string => `- if: ${condition}\n  run: make`;

const bots = (condition: string, trigger = "pull_request_target"): string[] =>
  findingsOf(workflowBotConditions, withSteps(step(condition), trigger)).map(
    ({ severity, confidence }) => `${severity} ${confidence}`,
  );

test("a bot that acted last is trusted", () => {
  for (const condition of [
    "github.actor == 'dependabot[bot]'",
    "${{ 'dependabot[bot]' == github.actor }}",
    "${{ GITHUB.actor == 'Renovate[Bot]' }}",
    "github.triggering_actor == 'a[bot]'",
    "github.event.pull_request.sender.login == 'a[bot]'",
    "github.event.sender.login == 'a[bot]' || always()",
    "github.actor_id == 49699333",
    "github.actor_id == '49699333'",
    "endsWith(github.actor, '[bot]')",
    "startsWith(github.actor, 'dependabot')",
  ]) {
    assert.deepEqual(bots(condition), ["high high"], condition);
  }
  for (const condition of [
    "github.actor == 'dependabot[bot]' && github.repository == 'a/b'",
    "${{ !(github.actor == 'dependabot[bot]') }}",
    "(github.actor == 'dependabot[bot]' || a) && b",
    "format('{0}', github.actor == 'dependabot[bot]')",
  ]) {
    assert.deepEqual(bots(condition), ["high medium"], `beside something else: ${condition}`);
  }
  assert.deepEqual(bots("github.actor == 'dependabot[bot]'", "pull_request"), ["medium high"]);
});

test("authors, people and what is not equal are no bot conditions", () => {
  for (const condition of [
    "github.actor != 'dependabot[bot]'",
    "github.actor == 'octocat'",
    "github.actor_id == 1",
    "github.event.pull_request.user.login == 'dependabot[bot]'",
    "contains(github.actor, 'octo')",
    "github.actor == github.repository_owner",
  ]) {
    assert.deepEqual(bots(condition), [], condition);
  }
});

const always = (condition: string): number => findingsOf(workflowUnsoundCondition, withSteps(step(condition))).length;

test("conditions with text beside their expression always hold", () => {
  for (const condition of [
    "|\n    ${{ false }}",
    ">\n    ${{\n      false\n    }}",
    "${{ a }} && ${{ b }}",
    "${{ a }} == 'x'",
    '"${{ a }} "',
    "x ${{ a }}",
  ]) {
    assert.equal(always(condition), 1, condition);
  }
  for (const condition of ["${{ false }}", "|-\n    ${{ false }}", ">-\n    ${{ a }}", "|\n    a && b", "false"]) {
    assert.equal(always(condition), 0, condition);
  }
  const job = "on: push\njobs:\n  a:\n    if: ${{ a }} || b\n    uses: ./.github/workflows/b.yml\n";
  assert.deepEqual(told(findingsOf(workflowUnsoundCondition, job)), [
    "high 4: The condition of job a always holds: text stands beside its expression",
  ]);
  const action = "runs:\n  using: composite\n  steps:\n    - if: ${{ a }} \\n\n      run: b\n      shell: bash\n";
  assert.equal(findingsOf(workflowUnsoundCondition, action, { path: "action.yml" }).length, 1);
});

test("contains over a text holds for its parts", () => {
  const severities = (condition: string): string[] =>
    findingsOf(workflowUnsoundContains, withSteps(step(condition))).map(({ severity }) => severity);
  assert.deepEqual(severities("contains('refs/heads/main refs/heads/dev', github.ref)"), ["medium"]);
  assert.deepEqual(severities("a || !contains('x y', env.A)"), ["medium"]);
  assert.deepEqual(severities("contains('push release', github.event_name)"), ["low"]);
  for (const sound of [
    "contains(fromJSON('[\"a\"]'), github.ref)",
    "contains(github.ref, 'a')",
    "contains('a', 'b')",
  ]) {
    assert.deepEqual(severities(sound), [], sound);
  }
});

test("a value that counts as false is never taken", () => {
  const count = (expression: string): number =>
    findingsOf(workflowUnsoundTernary, withSteps(`- run: a\n  env:\n    A: \${{ ${expression} }}`)).length;
  for (const lost of [
    "a && '' || b",
    "a && 0 || b",
    "(a && false) || b",
    "x || a && null || b",
    "format('{0}', a && '' || b)",
    "a && format('') || b",
  ]) {
    assert.equal(count(lost), 1, lost);
  }
  for (const kept of [
    "a && 'x' || ''",
    "a && b || ''",
    "a || b && ''",
    "true && '' || 'b'",
    "case(a, '', b)",
    "a && ''",
  ]) {
    assert.equal(count(kept), 0, kept);
  }
});
