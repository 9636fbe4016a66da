import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "./code-point.fixture.ts";
import { createLists, createStrings, detached } from "./strings.ts";

test("a text is what it was, whatever is in it", () => {
  const strings = createStrings(50);
  fc.assert(
    fc.property(fc.string({ unit: codePoint, maxLength: 400 }), (text) => {
      assert.equal(detached(text), text);
      assert.equal(strings(text), text);
    }),
  );
  for (const text of ["\ud800 and more than a few", "\ufeffa mark of byte order", ""])
    assert.equal(strings(text), text);
});

test("equal lists are one, and none of them can be changed", () => {
  const lists = createLists(2);
  const first = lists(["get", "list"]);
  assert.equal(lists(["get", "list"]), first);
  assert.notEqual(lists(["get, list"]), first);
  assert.deepEqual(lists(["list", "get"]), ["list", "get"]);
  assert.deepEqual(createLists(9)([]), []);
  const alike = createLists(9);
  assert.deepEqual(alike(["get\nlist"]), ["get\nlist"]);
  assert.deepEqual(alike(["get", "list"]), ["get", "list"]);
  assert.ok(Object.isFrozen(first));
  const long = Array.from({ length: 40 }, (_, at) => `${at}`);
  assert.deepEqual(lists(long), long);
  // Over the limit it begins anew.
  lists(["watch"]);
  assert.notEqual(lists(["get", "list"]), first);
});
