import assert from "node:assert/strict";
import { test } from "node:test";
import { indentOf, textLines } from "./text-lines.ts";

test("lines end with LF or CR LF; the last needs no end", () => {
  assert.deepEqual(
    [...textLines("a\r\n\nb\rc\n d")],
    [
      { number: 1, text: "a" },
      { number: 2, text: "" },
      { number: 3, text: "b\rc" },
      { number: 4, text: " d" },
    ],
  );
  assert.deepEqual([...textLines("")], []);
  assert.deepEqual([...textLines("\r\n")], [{ number: 1, text: "" }]);
});

test("the indent is counted in spaces", () => {
  assert.deepEqual(["", "a", "  a", " \ta", "   "].map(indentOf), [0, 0, 2, 1, 3]);
});
