import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Evaluation } from "../core/evaluation.ts";
import { anyEvaluation } from "./evaluation.fixture.ts";
import { imageOf } from "./image.fixture.ts";
import type { ScannedImage } from "./model.ts";
import { evaluationsOf, relationsOf, rowsOf } from "./scan-rows.ts";

const [seed] = imageOf("shop/web", "a").evaluations as [Evaluation];

function readBack(image: ScannedImage) {
  const { shared, evaluations, relations } = rowsOf(image);
  return {
    evaluations: evaluationsOf(shared, `[${evaluations.map(({ body }) => body).join(",")}]`),
    relations: relationsOf(`[${relations.map(({ body }) => body).join(",")}]`),
  };
}

test("evaluations come out of their rows as they went in, whatever they say", () => {
  fc.assert(
    fc.property(fc.array(anyEvaluation, { maxLength: 12 }), (evaluations) => {
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
