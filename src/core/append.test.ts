import assert from "node:assert/strict";
import { test } from "node:test";
import { append } from "./append.ts";
import { greatest, least } from "./extremes.ts";

const many = Array.from({ length: 500_000 }, (_, index) => index - 250_000);

test("lists of any length go behind another", () => {
  const list = [1];
  append(list, many);
  assert.deepEqual([list.length, list[0], list[1], list.at(-1)], [500_001, 1, -250_000, 249_999]);
});

test("the greatest and the least of any number of numbers, within a bound", () => {
  assert.deepEqual([greatest(many), least(many)], [249_999, -250_000]);
  assert.deepEqual([greatest([], 0), least([], 9), greatest([-1], 0), least([10], 9)], [0, 9, 0, 9]);
  assert.deepEqual([greatest([]), least([])], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  assert.ok(Number.isNaN(greatest([1, Number.NaN, 2])) && Number.isNaN(least([1, Number.NaN])));
});
