import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Gap } from "../../core/evidence.ts";
import { sampleReport } from "../sample.ts";
import { groupUnknowns, unknownCount, unknownReason } from "./unknown-groups.ts";

function unknown(asset: string, gaps: readonly Gap[], more: Partial<Evaluation> = {}): Evaluation {
  return {
    check: "a/b",
    asset: fileAsset(asset),
    verdict: "unknown",
    reason: gaps[0]?.reason ?? "2 findings of unknown severity",
    findings: [],
    excepted: [],
    evidence: {},
    gaps,
    observedAt: "2026-01-01T00:00:00.000Z",
    ...more,
  };
}

const rendered = (folder: string): Gap => ({
  code: "kubernetes.kustomize",
  reason: `${folder}: kustomize builds this folder`,
  remedy: `add --render; or pipe it in: kubectl kustomize ${folder}`,
});

test("one cause is told once, with its count, and with what all its remedies begin with", () => {
  const stale = { code: "evidence.stale", reason: "advisories are old", remedy: "run `bulkhead db update`" };
  const groups = groupUnknowns({
    evaluations: [
      unknown("b", [rendered("x")]),
      unknown("a", [rendered("x"), rendered("y")]),
      unknown("a", [rendered("y"), stale]),
      unknown("c", [stale], { verdict: "fail" }),
      unknown("c", [], { verdict: "unknown" }),
      unknown("d", [stale], { action: "audit" }),
      unknown("d", [], { verdict: "pass" }),
    ],
  });
  assert.deepEqual(
    groups.map((group) => [group.code, unknownReason(group), group.remedy, unknownCount(group)]),
    [
      [
        "kubernetes.kustomize",
        "x: kustomize builds this folder, and 1 like it",
        "add --render",
        "3 checks of 2 assets",
      ],
      ["evidence.stale", "advisories are old", "run `bulkhead db update`", "1 check of 2 assets, and 1 failed check"],
      ["a/b", "2 findings of unknown severity", undefined, "1 check of c"],
    ],
  );
});

test("remedies without a common clause leave that of the reason that is told", () => {
  const gap = (name: string): Gap => ({ code: "x", reason: `${name} is missing`, remedy: `import ${name}` });
  const [group] = groupUnknowns({
    evaluations: [unknown("a", [gap("npm")]), unknown("b", [gap("npm")]), unknown("a", [gap("Go")])],
  });
  assert.equal(group?.remedy, "import npm");
  assert.equal(unknownCount(group ?? assert.fail(), false), "3 checks of 2 assets");
});

test("the sample's", () => {
  const [group] = groupUnknowns(sampleReport);
  assert.equal(group?.reason, "no advisories for Debian:13");
  assert.equal(unknownCount(group ?? assert.fail(), false), "1 check");
});
