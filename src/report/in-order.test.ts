import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assetTitle, fileAsset } from "../core/asset.ts";
import type { Evaluation, Verdict } from "../core/evaluation.ts";
import { EvaluationList } from "../core/evaluations.ts";
import { compareText } from "../core/order.ts";
import { formatScope } from "../core/scope.ts";
import { inOrder } from "./in-order.ts";

const evaluation: fc.Arbitrary<Evaluation> = fc
  .record({
    check: fc.constantFrom("b/1", "a/2", "a/1"),
    path: fc.constantFrom("b", "a", "c"),
    verdict: fc.constantFrom<Verdict>("pass", "fail", "unknown"),
    object: fc.constantFrom(undefined, "Pod b", "Pod a"),
    reason: fc.constantFrom("first", "second"),
  })
  .map(({ check, path, verdict, object, reason }) => ({
    check,
    asset: fileAsset(path),
    ...(object === undefined ? {} : { scope: { kind: "object", object } as const }),
    verdict,
    reason,
    findings: [],
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: "2026-01-01T00:00:00Z",
  }));

test("fails come first, then what is unknown, then by asset, scope and check; equals keep their order", () => {
  const rank = { fail: 0, unknown: 1, pass: 2 };
  const scopeOf = ({ scope }: Evaluation) => (scope === undefined ? "" : formatScope(scope));
  fc.assert(
    fc.property(fc.array(evaluation), (all) => {
      const expected = all.toSorted(
        (a, b) =>
          rank[a.verdict] - rank[b.verdict] ||
          compareText(assetTitle(a.asset), assetTitle(b.asset)) ||
          compareText(scopeOf(a), scopeOf(b)) ||
          compareText(a.check, b.check),
      );
      for (const evaluations of [all, new EvaluationList(all)]) {
        const ordered = inOrder(evaluations);
        assert.equal(ordered.length, all.length);
        assert.deepEqual([...ordered], expected);
        for (let at = -all.length - 1; at <= all.length; at++) assert.deepEqual(ordered.at(at), expected.at(at));
      }
    }),
  );
});
