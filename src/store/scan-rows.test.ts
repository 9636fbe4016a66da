import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Evaluation } from "../core/evaluation.ts";
import { imageOf } from "./image.fixture.ts";
import type { ScannedImage } from "./model.ts";
import { evaluationsOf, relationsOf, rowsOf } from "./scan-rows.ts";

const [seed] = imageOf("shop/web", "a").evaluations as [Evaluation];
const hostile = fc.string({ unit: "binary", maxLength: 20 });
const texts = fc.dictionary(
  hostile.filter((name) => name !== "__proto__"),
  hostile,
  { maxKeys: 4, noNullPrototype: true },
);
const plain = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(fields, { noNullPrototype: true });
const asset = fc.record({ id: fc.constantFrom("a", "b"), name: hostile }).map((more) => ({ ...seed.asset, ...more }));

const evaluation = fc
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

function readBack(image: ScannedImage) {
  const { shared, evaluations, relations } = rowsOf(image);
  return {
    evaluations: evaluationsOf(shared, `[${evaluations.map(({ body }) => body).join(",")}]`),
    relations: relationsOf(`[${relations.map(({ body }) => body).join(",")}]`),
  };
}

test("evaluations come out of their rows as they went in, whatever they say", () => {
  fc.assert(
    fc.property(fc.array(evaluation, { maxLength: 12 }), (evaluations) => {
      const image = { ...imageOf("shop/web", "a"), evaluations };
      const { shared, evaluations: rows } = rowsOf(image);
      assert.deepEqual(readBack(image), { evaluations, relations: image.relations });
      assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
      // PostgreSQL's text takes no NUL, and its UTF-8 no lone surrogate.
      for (const text of [shared, ...rows.map(({ body }) => body)]) {
        assert.ok(!text.includes("\0") && text.isWellFormed());
      }
    }),
  );
});

test("the order of evidence is kept", () => {
  const image = imageOf("shop/web", "a");
  const { evidence } = readBack(image).evaluations[0] as Evaluation;
  assert.deepEqual(Object.keys(evidence), ["packages", "files"]);
});

test("a row stays the same from scan to scan as long as the verdict does", () => {
  const now = rowsOf(imageOf("shop/web", "a"));
  const later = rowsOf(imageOf("shop/web", "a", new Date("2026-12-01T00:00:00.000Z")));
  assert.deepEqual(now.evaluations, later.evaluations);
  assert.notEqual(now.shared, later.shared);
});

test("a scan that is larger than any is refused by name", () => {
  const large = { ...seed, reason: "r".repeat(2 ** 20) };
  const image = { ...imageOf("shop/web", "a"), evaluations: Array.from({ length: 65 }, () => large) };
  assert.throws(() => rowsOf(image), { code: "store.too-large", place: `shop/web@${image.digest}` });
});
