import assert from "node:assert/strict";
import { test } from "node:test";
import { positionAt } from "./position.ts";

test("lines and columns count from 1", () => {
  const text = "a\nbc\n\nd";
  assert.deepEqual(
    [0, 1, 2, 4, 5, 6, 99].map((offset) => positionAt(text, offset)).map(({ line, column }) => [line, column]),
    [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 3],
      [3, 1],
      [4, 1],
      [4, 94],
    ],
  );
});
