import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evaluation } from "../core/evaluation.ts";
import { sampleReport } from "./sample.ts";
import { checksText, foldUnknown, layerText } from "./wording.ts";

test("a layer names what fails, and all that looked where that is few", () => {
  assert.equal(layerText({ layer: "image", verdict: "unknown", defends: [], failing: [] }), "not assessed");
  assert.equal(layerText({ layer: "image", verdict: "pass", defends: ["A", "B"], failing: [] }), "A, B");
  const many = ["A", "B", "C", "D", "E", "F", "G"];
  assert.equal(layerText({ layer: "image", verdict: "pass", defends: many, failing: [] }), "7 checks");
  assert.equal(layerText({ layer: "image", verdict: "fail", defends: many, failing: ["B"] }), "1 of 7 checks fail: B");
});

test("what keeps many checks from judging one asset is told once, with their count", () => {
  const unknown = (check: string, reason: string): Evaluation => ({
    ...(sampleReport.evaluations.at(0) as Evaluation),
    check,
    verdict: "unknown",
    reason,
    findings: [],
    excepted: [],
    gaps: [{ code: "x", reason }],
  });
  const alike = ["c", "a", "b", "e", "d"].map((check) => unknown(check, "it was not read"));
  const other = unknown("f", "another cause");
  const folded = [...foldUnknown([...alike, other], false)];
  assert.deepEqual(
    folded.map(({ evaluation, checks }) => [evaluation.reason, checks]),
    [
      ["it was not read", ["a", "b", "c", "d", "e"]],
      ["another cause", ["f"]],
    ],
  );
  assert.equal(checksText(folded[0]?.checks ?? []), "5 checks (--all lists them)");
  assert.equal([...foldUnknown(alike, true)].length, 5);
  assert.equal([...foldUnknown(alike.slice(0, 4), false)].length, 4);
});
