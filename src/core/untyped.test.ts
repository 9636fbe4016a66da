import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject } from "./untyped.ts";

test("an object is neither a list, nor null, nor a scalar", () => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) assert.equal(isObject(value), true);
  for (const value of [null, undefined, [], "", 0, true, () => {}]) assert.equal(isObject(value), false);
});
