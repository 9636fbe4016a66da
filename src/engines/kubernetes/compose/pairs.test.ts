import assert from "node:assert/strict";
import { test } from "node:test";
import { pairOf, recordOf } from "./pairs.ts";

test("a pair is cut at its first equals sign, and a name alone has no value", () => {
  assert.deepEqual(["a=b=c", "a=", "=b", "a"].map(pairOf), [
    { name: "a", value: "b=c" },
    { name: "a", value: "" },
    { name: "", value: "b" },
    { name: "a" },
  ]);
});

test("as a map the last of a name counts, and a name of every object is one like others", () => {
  const made = recordOf(["a=1", "a=2", "b", "__proto__=x"]);
  assert.deepEqual(Object.entries(made), [
    ["a", "2"],
    ["b", ""],
    ["__proto__", "x"],
  ]);
});
