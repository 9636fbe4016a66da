import assert from "node:assert/strict";
import { test } from "node:test";
import { runs } from "../../../../core/runs.fixture.ts";
import { agree } from "./random.fixture.ts";

// In `make soak` 200,000.
test("20,000 pairs of a condition and an event: compiled rules never disagree with a naive interpreter", () => {
  const wanted = runs(20_000).numRuns;
  let pairs = 0;
  for (let seed = 1_000; pairs < wanted; seed++) pairs += agree(seed, 10, 40).pairs;
  assert.equal(pairs, wanted);
});
