import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyEdits, editsOverlap } from "./rewrite.ts";

test("edits are made on the text as it was, whatever their order", () => {
  const edits = [
    { start: 4, end: 5, replacement: "" },
    { start: 0, end: 1, replacement: "AA" },
    { start: 2, end: 2, replacement: "x" },
    { start: 2, end: 2, replacement: "y" },
  ];
  assert.equal(applyEdits("abcdef", edits), "AAbxycdf");
});

test("what overlaps or leaves the text is refused", () => {
  const two = [
    { start: 0, end: 3, replacement: "" },
    { start: 2, end: 4, replacement: "" },
  ];
  assert.ok(editsOverlap(two));
  assert.throws(() => applyEdits("abcdef", two), RangeError);
  assert.throws(() => applyEdits("a", [{ start: 0, end: 2, replacement: "" }]), RangeError);
  assert.ok(!editsOverlap(two.slice(0, 1)));
});

test("property: edits that do not overlap leave everything else", () => {
  const stretches = fc.array(
    fc.tuple(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 })),
  );
  fc.assert(
    fc.property(stretches, (parts) => {
      let at = 0;
      const edits = parts.map(([kept, removed, replacement]) => {
        const start = at + kept.length;
        at = start + removed.length;
        return { start, end: at, replacement };
      });
      const text = parts.map(([kept, removed]) => kept + removed).join("");
      const expected = parts.map(([kept, , replacement]) => kept + replacement).join("");
      assert.equal(applyEdits(text, edits), expected);
      assert.equal(editsOverlap(edits), false);
    }),
  );
});
