import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bounds } from "./bounds.ts";
import { tooCostly } from "./json-cost.ts";

test("values and depth are counted outside of strings alone", () => {
  assert.equal(
    tooCostly(Buffer.from(JSON.stringify({ a: ["[".repeat(1_000), `\\"${"{".repeat(1_000)}`] }))),
    undefined,
  );
  assert.match(tooCostly(Buffer.from("[".repeat(bounds.sbomJsonDepth + 1))) ?? "", /deeper than/);
  assert.match(tooCostly(Buffer.from(`[${"1,".repeat(bounds.sbomValues)}1]`)) ?? "", /more than \d+ values/);
});

test("no real document within the bounds is refused", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 8 }), (text) => assert.equal(tooCostly(Buffer.from(text)), undefined)));
});
