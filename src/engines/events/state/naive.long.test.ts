import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench, smallBounds } from "./machine.fixture.ts";
import { compareWithNaive, feedNonsense } from "./naive.fixture.ts";

test("a million random events leave processes and descriptors as a plain model has them", () => {
  for (let seed = 1_000; seed < 1_400; seed++) assert.ok(compareWithNaive(seed, 2_500) >= 1, `seed ${seed}`);
});

test("ten million events without sense: nothing grows over its bound", () => {
  const bench = new Bench({ bounds: smallBounds });
  for (let part = 1; part <= 10; part++) {
    feedNonsense(bench, part, 1_000_000);
    const { threads } = bench.machine;
    assert.ok(threads.size <= smallBounds.threads + 1, `${threads.size} threads`);
    assert.ok(threads.budget.held >= 0 && threads.budget.held <= smallBounds.descriptors);
  }
});
