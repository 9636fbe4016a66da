import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { createComparison } from "./compare.ts";

const comparison = createComparison(0);
const EMPTY = Buffer.alloc(0);

const words = fc
  .array(fc.constantFrom(..."aab\u0000\u00ff"), { maxLength: 40 })
  .map((each) => Buffer.from(each.join(""), "latin1"));

/** Two that begin and end alike. */
const texts = fc
  .tuple(words, words, words, words)
  .map(([start, middle, other, end]) => [Buffer.concat([start, middle, end]), Buffer.concat([start, other, end])]);

test("counts what is equal from two offsets on, and before both ends", () => {
  let [begun, ended] = [0, 0];
  fc.assert(
    fc.property(texts, fc.nat(9), fc.nat(9), fc.nat(120), ([left = EMPTY, right = EMPTY], from, shift, bound) => {
      assert.ok(comparison.hold(left, right));
      const otherFrom = shift < 7 ? from : shift;
      const [at, otherAt] = [Math.min(from, left.length), Math.min(otherFrom, right.length)];
      const most = Math.min(bound, left.length - at, right.length - otherAt);
      let prefix = 0;
      while (prefix < most && left[at + prefix] === right[otherAt + prefix]) prefix += 1;
      assert.equal(comparison.prefix(at, otherAt, most), prefix);
      const mostBefore = Math.min(bound, left.length, right.length);
      let suffix = 0;
      while (suffix < mostBefore && left.at(-1 - suffix) === right.at(-1 - suffix)) suffix += 1;
      assert.equal(comparison.suffix(mostBefore), suffix);
      if (prefix > 1) begun += 1;
      if (suffix > 1) ended += 1;
    }),
    runs(2_000),
  );
  assert.ok(begun > 0 && ended > 0, `${begun} ${ended}`);
});

test("texts up to a quarter of a MiB are held", () => {
  const most = Buffer.alloc(256 * 1024, 7);
  assert.ok(comparison.hold(most, most));
  assert.equal(comparison.prefix(0, 0, most.length), most.length);
  assert.equal(comparison.suffix(most.length), most.length);
  assert.equal(comparison.hold(Buffer.alloc(most.length + 1), most), false);
});

test("the first ones are left to others", () => {
  const later = createComparison(2);
  const text = Buffer.from("a");
  assert.deepEqual(
    [1, 2, 3].map(() => later.hold(text, text)),
    [false, false, true],
  );
});
