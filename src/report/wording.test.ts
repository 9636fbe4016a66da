import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { packagesScope } from "../core/scope.ts";
import { sampleReport } from "./sample.ts";
import { checksText, foldUnknown, layerText, withoutQuiet } from "./wording.ts";

function passed(asset: string, check: string, changes: Partial<Evaluation> = {}): Evaluation {
  const nothing = { findings: [], excepted: [], evidence: {}, gaps: [] };
  const observedAt = "2026-01-01T00:00:00.000Z";
  return { check, asset: fileAsset(asset), verdict: "pass", reason: "no findings", observedAt, ...nothing, ...changes };
}

test("a layer names what fails, and all that looked where that is few", () => {
  assert.equal(layerText({ layer: "image", verdict: "unknown", defends: [], failing: [] }), "nothing found");
  assert.equal(layerText({ layer: "image", verdict: "pass", defends: ["A", "B"], failing: [] }), "A, B");
  const many = ["A", "B", "C", "D", "E", "F", "G"];
  assert.equal(layerText({ layer: "image", verdict: "pass", defends: many, failing: [] }), "7 checks");
  assert.equal(layerText({ layer: "image", verdict: "fail", defends: many, failing: ["B"] }), "1 of 7 checks fail: B");
});

test("many checks that passed over one asset without a word are folded, and nothing else is", () => {
  const quiet = ["b", "a", "c", "d", "e"].map((check) => passed("Dockerfile", check));
  const gap = { code: "x", reason: "x" };
  const told = [
    passed("Dockerfile", "f", { gaps: [gap] }),
    passed("Dockerfile", "g", { verdict: "unknown" }),
    passed("Dockerfile", "h", { scope: packagesScope("npm") }),
    ...["a", "b", "c", "d"].map((check) => passed("other", check)),
  ];
  const parted = withoutQuiet([...quiet, ...told], false);
  assert.deepEqual([...parted.told], told);
  assert.deepEqual(parted.quiet, [{ asset: fileAsset("Dockerfile"), checks: ["a", "b", "c", "d", "e"] }]);
  assert.deepEqual(withoutQuiet(quiet, true), { told: quiet, quiet: [] });
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
  assert.equal(checksText(folded[0]?.checks ?? []), "5 checks (--all names them)");
  assert.equal([...foldUnknown(alike, true)].length, 5);
  assert.equal([...foldUnknown(alike.slice(0, 4), false)].length, 4);
});
