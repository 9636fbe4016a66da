import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Policy } from "../../core/policy.ts";
import { readGithubFile } from "../../engines/pipelines/github/read.ts";
import { evaluateGithubFile } from "./workflows.ts";

const steps = (body: string) =>
  `name: ci\non: push\npermissions: {}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n${body}`;

/** Lines of what is found, and reasons of what is excepted. */
function evaluated(check: string, text: string, policy: Policy = defaultPolicy) {
  const file = readGithubFile(".github/workflows/ci.yml", text);
  const own = evaluateGithubFile(file, { policy, now: new Date("2026-01-01T00:00:00Z") }).filter(
    (evaluation) => evaluation.check === `build/${check}`,
  );
  return {
    found: own.flatMap(({ findings }) =>
      findings.map(({ locations }) => locations.map((one) => (one.kind === "file" ? one.line : 0))),
    ),
    excepted: own.flatMap(({ excepted }) => excepted.map(({ exception }) => exception.reason)),
  };
}

test("a comment counts for its own line, in both forms", () => {
  const ours = steps("      - uses: acme/a@main # bulkhead ignore=workflow-unpinned-action ours, reviewed\n");
  assert.deepEqual(evaluated("workflow-unpinned-action", ours), { found: [], excepted: ["ours, reviewed"] });
  const foreign = steps("      - uses: acme/a@main # zizmor: ignore[unpinned-uses] reviewed\n");
  assert.deepEqual(evaluated("workflow-unpinned-action", foreign), {
    found: [],
    excepted: ["reviewed (zizmor: ignore[unpinned-uses])"],
  });
  const other = steps("      - uses: acme/a@main # zizmor: ignore[artipacked]\n");
  assert.deepEqual(evaluated("workflow-unpinned-action", other).found, [[8]]);
});

test("of several places of one finding each needs a comment of its own", () => {
  const comment = " # zizmor: ignore[unpinned-uses]";
  const two = (first: string, second: string) =>
    steps(`      - uses: acme/a@main${first}\n      - uses: acme/a@main${second}\n`);
  assert.deepEqual(evaluated("workflow-unpinned-action", two(comment, "")).found, [[8, 9]]);
  assert.deepEqual(evaluated("workflow-unpinned-action", two("", comment)).found, [[8, 9]]);
  assert.deepEqual(evaluated("workflow-unpinned-action", two(comment, comment)).found, []);
});

test("behind the first line of a step it counts for the step, behind a block's header for the block", () => {
  const step = steps(
    "      - name: a # zizmor: ignore[adhoc-packages]\n        run: |\n          npm ci\n\n          npm install a\n      - run: npm install b\n",
  );
  assert.deepEqual(evaluated("workflow-adhoc-packages", step).found, [[13]]);
  const block = steps("      - run: |- # zizmor: ignore[adhoc-packages]\n          npm ci\n          npm install a\n");
  assert.deepEqual(evaluated("workflow-adhoc-packages", block).found, []);
  const name = steps("      - run: npm install a\n        name: a # zizmor: ignore[adhoc-packages]\n");
  assert.deepEqual(evaluated("workflow-adhoc-packages", name).found, [[8]]);
});

test("under a trusted policy no comment counts", () => {
  const text = steps("      - uses: acme/a@main # zizmor: ignore[unpinned-uses]\n");
  const origin = { kind: "trusted", path: "policy.yaml" } as unknown as Policy["origin"];
  assert.deepEqual(evaluated("workflow-unpinned-action", text, { ...defaultPolicy, origin }).found, [[8]]);
});
