import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf, itemsOf, jsonIn, jsonObjectIn, textIn } from "./json.ts";

test("a byte order mark is skipped, and what is no JSON has no value", () => {
  assert.deepEqual(jsonIn(Buffer.from('\ufeff["a"]')), ["a"]);
  for (const text of ["", "{", "a", "[".repeat(1_000_000)]) assert.equal(jsonIn(Buffer.from(text)), undefined);
});

test("only an object is one", () => {
  assert.deepEqual(jsonObjectIn(Buffer.from('{"a":1}')), { a: 1 });
  for (const text of ["[]", "null", '"a"', "1"]) assert.equal(jsonObjectIn(Buffer.from(text)), undefined);
});

test("whatever has another form has no fields, items or text", () => {
  for (const value of [undefined, null, 1, "a", []]) assert.deepEqual(fieldsOf(value), []);
  assert.deepEqual(fieldsOf(JSON.parse('{"__proto__":1}')), [["__proto__", 1]]);
  for (const value of [undefined, null, 1, "a", {}]) assert.deepEqual(itemsOf(value), []);
  assert.deepEqual(itemsOf(["a"]), ["a"]);
  assert.deepEqual([textIn("a"), textIn(1), textIn(null)], ["a", undefined, undefined]);
});
