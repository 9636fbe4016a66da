import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { documentPieces } from "./document-text.ts";

test("whatever is in it, the text is that of JSON.stringify", () => {
  const value = fc.oneof(fc.constant(undefined), fc.jsonValue());
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (document) => {
      assert.equal([...documentPieces(document)].join(""), JSON.stringify(document, undefined, 2));
    }),
    runs(200),
  );
});

test("a list is read once, as it is written, however long it is", () => {
  for (const length of [0, 1, 63, 64, 65, 128, 200]) {
    const items = Array.from({ length }, (_, i) => ({ name: `"${i}\n`, none: undefined, more: [i, {}, []] }));
    const document = { first: 1, items: items.values(), last: [items.length] };
    const text = [...documentPieces(document)].join("");
    assert.equal(text, JSON.stringify({ ...document, items }, undefined, 2));
  }
});
