import assert from "node:assert/strict";
import { test } from "node:test";
import { agree } from "./random.fixture.ts";

test("compiled rules find what a naive interpreter finds", () => {
  let held = 0;
  let pairs = 0;
  for (let seed = 1; seed <= 24; seed++) {
    const result = agree(seed, 8, 20);
    held += result.held;
    pairs += result.pairs;
  }
  assert.equal(pairs, 3_840);
  // Neither all nor nothing.
  assert.ok(held > 400 && held < 3_200, String(held));
});
