import assert from "node:assert/strict";
import { test } from "node:test";
import { runs } from "../../../core/runs.fixture.ts";
import { Bench, smallBounds } from "./machine.fixture.ts";
import { compareWithNaive, feedNonsense } from "./naive.fixture.ts";

// In `make soak` a million, and ten million below.
test("a hundred thousand random events leave processes and descriptors as a plain model has them", () => {
  const end = 1_000 + runs(40).numRuns;
  for (let seed = 1_000; seed < end; seed++) assert.ok(compareWithNaive(seed, 2_500) >= 1, `seed ${seed}`);
});

test("a million events without sense: nothing grows over its bound", () => {
  const bench = new Bench({ bounds: smallBounds });
  for (let part = 1; part <= runs(10).numRuns; part++) {
    feedNonsense(bench, part, 100_000);
    const { threads } = bench.machine;
    assert.ok(threads.size <= smallBounds.threads + 1, `${threads.size} threads`);
    assert.ok(threads.budget.held >= 0 && threads.budget.held <= smallBounds.descriptors);
  }
});
