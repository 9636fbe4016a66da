import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, someOf } from "./counted.ts";

test("one is one, and everything else many", () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, "finding")),
    ["0 findings", "1 finding", "2 findings"],
  );
  assert.equal(counted(2, "entry", "entries"), "2 entries");
});

test("of a list so many are named, and the rest is counted", () => {
  assert.equal(someOf([], 2), "");
  assert.equal(someOf(["a", "b"], 2), "a, b");
  assert.equal(someOf(["a", "b", "c", "d"], 2), "a, b and 2 more");
  assert.equal(
    someOf([1, 2], 1, (number) => `no. ${number}`),
    "no. 1 and 1 more",
  );
});
