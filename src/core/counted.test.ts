import assert from "node:assert/strict";
import { test } from "node:test";
import { counted } from "./counted.ts";

test("one is one, and everything else many", () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, "finding")),
    ["0 findings", "1 finding", "2 findings"],
  );
  assert.equal(counted(2, "entry", "entries"), "2 entries");
});
