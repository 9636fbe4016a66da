import assert from "node:assert/strict";
import { test } from "node:test";
import { perText } from "./per-text.ts";

test("each answer is made once, also that there is none, until there are too many", () => {
  const asked: string[] = [];
  const answer = perText(2, (text) => {
    asked.push(text);
    return text === "" ? undefined : text.length;
  });
  assert.deepEqual(["a", "", "a", ""].map(answer), [1, undefined, 1, undefined]);
  assert.deepEqual(asked, ["a", ""]);
  assert.deepEqual(["ccc", "ccc", "a"].map(answer), [3, 3, 1]);
  assert.deepEqual(asked, ["a", "", "ccc", "a"]);
});
