import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { wordSearch } from "./words.ts";

test("finds what indexOf finds", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 1, maxLength: 8 }),
      fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 40 }),
      (words, text) => {
        assert.equal(
          wordSearch(words)(Buffer.from(text)),
          words.some((word) => text.includes(word)),
        );
      },
    ),
    runs(500),
  );
});
