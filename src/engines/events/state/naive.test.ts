import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench, smallBounds } from "./machine.fixture.ts";
import { compareWithNaive, feedNonsense } from "./naive.fixture.ts";

test("random events leave processes and descriptors as a plain model has them", () => {
  for (let seed = 1; seed <= 40; seed++) assert.ok(compareWithNaive(seed, 500) >= 1, `seed ${seed}`);
});

test("events without sense never throw, and nothing grows over its bound", () => {
  const bench = new Bench({ bounds: smallBounds });
  feedNonsense(bench, 7, 60_000);
  const { threads } = bench.machine;
  assert.ok(threads.size <= smallBounds.threads + 1, `${threads.size} threads`);
  assert.ok(threads.budget.held <= smallBounds.descriptors, `${threads.budget.held} descriptors`);
  assert.ok(threads.budget.held >= 0);
});
