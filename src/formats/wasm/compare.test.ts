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

test("versions one after the other: the other one of two is the first of the next two", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(words, fc.boolean()), { minLength: 2, maxLength: 9 }), (versions) => {
      let before = EMPTY;
      for (const [bytes, isKept] of versions) {
        assert.ok(comparison.hold(before, bytes));
        const most = Math.min(before.length, bytes.length);
        let prefix = 0;
        while (prefix < most && before[prefix] === bytes[prefix]) prefix += 1;
        assert.equal(comparison.prefix(0, 0, most), prefix);
        let suffix = 0;
        while (suffix < most && before.at(-1 - suffix) === bytes.at(-1 - suffix)) suffix += 1;
        assert.equal(comparison.suffix(most), suffix);
        if (isKept) before = bytes;
      }
    }),
    runs(500),
  );
});

const line = fc.constantFrom(
  "{",
  "  return value;",
  "    const other = value;",
  "x".repeat(15),
  "x".repeat(16),
  "y".repeat(90),
);
const lines = fc.array(line, { maxLength: 24 }).map((each) => each.map((text) => `${text}\n`).join(""));
/** Texts of parts that both have, with other ones before, between and behind. */
const edited = fc
  .array(fc.tuple(lines, lines, lines), { minLength: 1, maxLength: 5 })
  .map((parts) => [1, 2].map((which) => Buffer.from(parts.map((part) => part[0] + part[which]).join(""))));

test("stretches between are the same in both, in order, and begin where a line does", () => {
  let found = 0;
  fc.assert(
    fc.property(edited, fc.nat(60), fc.nat(60), fc.integer({ min: 17, max: 120 }), (pair, start, end, least) => {
      const [left = EMPTY, right = EMPTY] = pair;
      assert.ok(comparison.hold(left, right));
      const shorter = Math.min(left.length, right.length);
      const begun = Math.min(start, shorter);
      const ended = Math.min(end, shorter - begun);
      let [from, otherFrom] = [begun, begun];
      const stretches = comparison.between(begun, ended, least);
      for (let n = 0; n < stretches.length; n += 3) {
        const [at = -1, otherAt = -1, length = -1] = stretches.slice(n, n + 3);
        assert.ok(at > from && otherAt > otherFrom && length >= least);
        assert.ok(left[at - 1] === 0x0a && right[otherAt - 1] === 0x0a);
        assert.ok(left.subarray(at, at + length).equals(right.subarray(otherAt, otherAt + length)));
        [from, otherFrom] = [at + length - 1, otherAt + length - 1];
        found += 1;
      }
      assert.ok(from <= left.length - ended && otherFrom <= right.length - ended);
    }),
    runs(2_000),
  );
  assert.ok(found > 0);
});

test("what stays between changes is found, up to some number of stretches", () => {
  const kept = (n: number): string => `line ${n} of those that stay as they are\n`;
  const text = (change: string, count: number): Buffer =>
    Buffer.from(Array.from({ length: count }, (_, n) => `${change} ${n}\n${kept(n)}`).join(""));
  const [left, right] = [text("before", 8), text("now", 8)];
  assert.ok(comparison.hold(left, right));
  const places = Array.from({ length: 8 }, (_, n) => [left.indexOf(kept(n)), right.indexOf(kept(n)), kept(n).length]);
  assert.deepEqual(comparison.between(0, 0, 17), places.flat());
  assert.ok(comparison.hold(text("before", 100), text("now", 100)));
  assert.equal(comparison.between(0, 0, 17).length / 3, 32);
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
