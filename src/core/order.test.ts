import assert from "node:assert/strict";
import { test } from "node:test";
import { compareText } from "./order.ts";

test("texts are in the order of their code units, not of a language", () => {
  assert.deepEqual(["b", "B", "ä", "", "a", "ab"].sort(compareText), ["", "B", "a", "ab", "b", "ä"]);
  assert.equal(compareText("a", "a"), 0);
});
