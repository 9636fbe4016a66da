import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createStrings, detached } from "./strings.ts";

test("a text is what it was, whatever is in it", () => {
  const strings = createStrings(50);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      assert.equal(detached(text), text);
      assert.equal(strings(text), text);
    }),
  );
  for (const text of ["\ud800 and more than a few", "\ufeffa mark of byte order", ""])
    assert.equal(strings(text), text);
});
