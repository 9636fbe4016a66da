import assert from "node:assert/strict";
import { test } from "node:test";
import { agree } from "./random.fixture.ts";

test("100,000 pairs of a condition and an event: compiled rules never disagree with a naive interpreter", () => {
  let pairs = 0;
  for (let seed = 1_000; pairs < 100_000; seed++) pairs += agree(seed, 10, 40).pairs;
  assert.equal(pairs, 100_000);
});
