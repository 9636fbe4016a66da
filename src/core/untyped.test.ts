import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject, valueAt } from "./untyped.ts";

test("an object is neither a list, nor null, nor a scalar", () => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) assert.equal(isObject(value), true);
  for (const value of [null, undefined, [], "", 0, true, () => {}]) assert.equal(isObject(value), false);
});

test("a path leads to what is the value's own", () => {
  const value = JSON.parse('{"a":[{"b":null},{"__proto__":{"c":1}}],"":{"0":2}}');
  const cases: readonly [readonly (string | number)[], unknown][] = [
    [[], value],
    [["a", 0, "b"], null],
    [["a", 0, "b", "c"], undefined],
    [["a", 1, "__proto__", "c"], 1],
    [["a", 2], undefined],
    [["a", "0"], undefined],
    [["a", "length"], undefined],
    [["", "0"], 2],
    [["toString"], undefined],
    [["__proto__"], undefined],
  ];
  for (const [path, expected] of cases) assert.deepEqual(valueAt(value, path), expected, JSON.stringify(path));
});
