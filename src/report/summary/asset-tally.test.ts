import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { sampleReport } from "../sample.ts";
import { tallyAssets, verdictsText } from "./asset-tally.ts";

const [, , expired] = sampleReport.evaluations;

function passed(name: string, more: Partial<Evaluation> = {}): Evaluation {
  const nothing = { findings: [], excepted: [], evidence: {}, gaps: [], reason: "no findings" };
  return { check: "a/b", asset: fileAsset(name), verdict: "pass", observedAt: "", ...nothing, ...more };
}

test("a line an asset: counts by severity, checks by verdict; the worst first, then by name", () => {
  const all = tallyAssets({
    evaluations: [
      passed("b"),
      ...sampleReport.evaluations,
      passed("a"),
      passed("z", { verdict: "unknown" }),
      passed("a"),
    ],
  });
  assert.deepEqual(
    all.map(({ asset, verdict, verdicts, found, over }) => [
      asset.name,
      verdict,
      verdictsText(verdicts),
      found.critical + found.high,
      over.critical + over.high,
    ]),
    [
      ["shop/web:1.4", "fail", "1 of 3 checks, 1 unknown", 4, 1],
      ["bulkhead.yaml", "fail", "1 of 1 check", 1, 1],
      ["z", "unknown", "1 of 1 check", 0, 0],
      ["a", "pass", "2 checks", 0, 0],
      ["b", "pass", "1 check", 0, 0],
    ],
  );
});

test("a filter takes findings out of the counts and leaves the verdict; what is only recorded is not counted", () => {
  assert.ok(expired);
  const [tally, ...others] = tallyAssets(
    { evaluations: [expired, { ...expired, asset: fileAsset("other"), action: "audit" }] },
    () => false,
  );
  assert.deepEqual([tally?.verdict, tally?.found.high, others], ["fail", 0, []]);
});
