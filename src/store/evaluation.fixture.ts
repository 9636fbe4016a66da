import fc from "fast-check";
import { codePoint } from "../core/code-point.fixture.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { imageOf } from "./image.fixture.ts";

const [seed] = imageOf("shop/web", "a").evaluations as [Evaluation];
const hostile = fc.string({ unit: codePoint, maxLength: 20 });
const texts = fc.dictionary(
  hostile.filter((name) => name !== "__proto__"),
  hostile,
  { maxKeys: 4, noNullPrototype: true },
);
const plain = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(fields, { noNullPrototype: true });
const asset = fc.record({ id: fc.constantFrom("a", "b"), name: hostile }).map((more) => ({ ...seed.asset, ...more }));

/** Of any content: hostile texts, absent and repeated parts. */
export const anyEvaluation: fc.Arbitrary<Evaluation> = fc
  .record(
    {
      check: fc.constantFrom("image/a", "image/b", "image/c"),
      asset,
      scope: fc.constantFrom({ kind: "packages", ecosystem: "npm" }, { kind: "packages", ecosystem: "Debian:12" }),
      verdict: fc.constantFrom("pass", "fail", "unknown"),
      action: fc.constant("warn"),
      reason: hostile,
      findings: fc.array(plain({ title: hostile, evidence: texts }), { maxLength: 3 }),
      excepted: fc.array(plain({ finding: texts, exception: texts }), { maxLength: 2 }),
      evidence: texts,
      gaps: fc.array(plain({ code: hostile, reason: hostile }), { maxLength: 2 }),
      basis: fc.constantFrom({ databases: [] }, { databases: [{ label: "npm.jsonl" }] }),
      observedAt: fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-02T00:00:00.000Z"),
      validUntil: fc.constant("2027-01-01T00:00:00Z"),
    },
    {
      noNullPrototype: true,
      requiredKeys: ["check", "asset", "verdict", "reason", "findings", "evidence", "observedAt"],
    },
  )
  .map((made) => made as unknown as Evaluation);
