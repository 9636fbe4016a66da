import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Policy } from "../../core/policy.ts";
import { readGithubFile } from "../../engines/pipelines/github/read.ts";
import { ignoreNotes } from "./workflow-ignores.ts";
import { evaluateGithubFile, workflowIds } from "./workflows.ts";

const NOW = new Date(0);
const TRUSTED: Policy = { ...defaultPolicy, origin: { ...defaultPolicy.origin, kind: "trusted" } as Policy["origin"] };

function unpinned(text: string, policy = defaultPolicy) {
  const file = readGithubFile(".github/workflows/ci.yml", text);
  const evaluation = evaluateGithubFile(file, { policy, now: NOW }).find(
    ({ check }) => check === "build/workflow-unpinned-action",
  );
  return { ...evaluation, notes: ignoreNotes(file, policy, workflowIds) };
}

const step = (comment: string, above = "") =>
  `on: push\njobs:\n  a:\n    runs-on: u\n    steps:\n${above}      - uses: someone/action@v1${comment}\n`;

describe("comments that ask to ignore a finding of a workflow", () => {
  it("count on its line, in zizmor's form and in ours", () => {
    assert.equal(unpinned(step("")).findings?.length, 1);
    for (const comment of [
      " # zizmor: ignore[unpinned-uses]",
      " # zizmor: ignore[artipacked,unpinned-uses] ours",
      " # bulkhead ignore=workflow-unpinned-action it is ours",
      " # bulkhead ignore=build/workflow-unpinned-action it is ours",
    ]) {
      const { findings, excepted, notes } = unpinned(step(comment));
      assert.deepEqual([findings?.length, excepted?.length, notes], [0, 1, []], comment);
    }
    assert.equal(unpinned(step("", "      # bulkhead ignore=workflow-unpinned-action ours\n\n")).findings?.length, 0);
  });

  it("do not count without a reason, with other ids, on other lines or within a value", () => {
    for (const [comment, above, noted] of [
      [" # bulkhead ignore=workflow-unpinned-action", "", 1],
      [" # zizmor: ignore[artipacked]", "", 0],
      [" # zizmor: ignore[no-such]", "", 1],
      [" # bulkhead ignore=no-such reason", "", 1],
      [
        "",
        "      - run: |\n          echo # zizmor: ignore[unpinned-uses]\n          # bulkhead ignore-file=workflow-unpinned-action x\n",
        0,
      ],
      ["", "      - run: echo # zizmor: ignore[unpinned-uses]\n", 0],
    ] as const) {
      const { findings, notes } = unpinned(step(comment, above));
      assert.deepEqual([findings?.length, notes.length], [1, noted], comment + above);
    }
  });

  it("loosen nothing under a trusted policy, and are told", () => {
    const { findings, notes } = unpinned(step(" # zizmor: ignore[unpinned-uses] ours"), TRUSTED);
    assert.equal(findings?.length, 1);
    assert.match(notes.join(), /no effect under a trusted policy/);
  });
});
