import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fileAsset } from "./asset.ts";
import type { Evaluation } from "./evaluation.ts";
import { EvaluationList } from "./evaluations.ts";
import type { Finding } from "./finding.ts";

const assets = [fileAsset("a"), fileAsset("b")];
const bases = [{ databases: [] }, { databases: [{ label: "npm.jsonl" }] }];
const finding: Finding = {
  check: "image/a",
  subject: "s",
  severity: "high",
  title: "t",
  locations: [{ kind: "file", path: "a" }],
  matches: { ids: [] },
  evidence: {},
  fingerprint: "sha256:0",
  overThreshold: true,
};

const evaluation: fc.Arbitrary<Evaluation> = fc.record(
  {
    check: fc.constantFrom("image/a", "image/b", "build/c"),
    asset: fc.constantFrom(...assets),
    scope: fc.constant({ kind: "packages", ecosystem: "npm" } as const),
    verdict: fc.constantFrom("pass", "pass", "pass", "fail", "unknown"),
    action: fc.constant("warn" as const),
    accepted: fc.constant([{ code: "c", by: "option" } as const]),
    reason: fc.constantFrom("no findings", "another"),
    findings: fc.constantFrom([], [], [], [finding]),
    excepted: fc.constantFrom([], [], [], [{ finding, exception: { reason: "r", owner: "o", source: { path: "p" } } }]),
    baselined: fc.constantFrom([], [], [{ finding, since: "2026-01-01" }]),
    evidence: fc.constantFrom({}, { packages: "3" }, { packages: "4" }, { files: "3" }),
    gaps: fc.constantFrom([], [], [{ code: "c", reason: "r" }]),
    basis: fc.constantFrom(...bases),
    observedAt: fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    validUntil: fc.constant("2027-01-01T00:00:00Z"),
  },
  {
    noNullPrototype: true,
    requiredKeys: ["check", "asset", "verdict", "reason", "findings", "excepted", "evidence", "gaps", "observedAt"],
  },
);

test("what is put into a list comes out as it was, in its order", () => {
  fc.assert(
    fc.property(fc.array(evaluation), (all) => {
      const list = new EvaluationList(all);
      assert.equal(list.length, all.length);
      assert.deepEqual([...list], all);
      for (let at = -all.length - 1; at <= all.length; at++) assert.deepEqual(list.at(at), all.at(at));
    }),
  );
});

test("each gives its place to its successor, whatever becomes of it", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(evaluation, evaluation)), (pairs) => {
      const list = new EvaluationList(pairs.map(([before]) => before));
      const seen: Evaluation[] = [];
      list.succeed((before) => {
        seen.push(before);
        return pairs[seen.length - 1]?.[1] ?? before;
      });
      assert.deepEqual(
        seen,
        pairs.map(([before]) => before),
      );
      assert.deepEqual(
        [...list],
        pairs.map(([, after]) => after),
      );
      list.push(seedOf());
      assert.equal(list.length, pairs.length + 1);
    }),
  );
});

test("thousands of passes make a list longer than it began", () => {
  const one = seedOf();
  const list = new EvaluationList(Array.from({ length: 5_000 }, (_, at) => ({ ...one, check: `image/${at % 7}` })));
  assert.equal(list.length, 5_000);
  assert.deepEqual(list.at(4_999), { ...one, check: `image/${4_999 % 7}` });
});

test("what alone tells two passes of one asset apart is kept", () => {
  const one = seedOf();
  const apart: readonly Evaluation[] = [
    one,
    { ...one, accepted: [{ code: "c", by: "option" }] },
    { ...one, baselined: [] },
    { ...one, evidence: { packages: "3" } },
    { ...one, evidence: { packages: "4" } },
    { ...one, validUntil: "2027-01-01T00:00:00Z" },
    { ...one, asset: fileAsset("b") },
  ];
  assert.deepEqual([...new EvaluationList(apart)], apart);
});

function seedOf(): Evaluation {
  return {
    check: "image/a",
    asset: fileAsset("a"),
    verdict: "pass",
    reason: "no findings",
    findings: [],
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: "2026-01-01T00:00:00Z",
  };
}
