import assert from "node:assert/strict";
import { test } from "node:test";
import { libraryDocument } from "./library.ts";

test("a document with its errors, whatever the depth", () => {
  assert.deepEqual(libraryDocument("a: 1", {})?.toJS(), { a: 1 });
  assert.deepEqual(libraryDocument("a: 1", { schema: "failsafe" })?.toJS(), { a: "1" });
  assert.equal(libraryDocument("a: 1\n---\nb: 1", {})?.errors.length, 0);
  assert.equal(libraryDocument("a: 1\n---\nb: 1", { logLevel: "error" })?.errors.length, 1);
  assert.equal(libraryDocument("a: [", {})?.errors.length, 1);
  const deep = libraryDocument("[".repeat(200_000), {});
  assert.ok(deep === undefined || deep.errors.length > 0);
});

test("twenty thousand keys that are alike are no matter of minutes", () => {
  assert.deepEqual(libraryDocument("a: 1\n".repeat(20_000), {})?.errors, []);
});
