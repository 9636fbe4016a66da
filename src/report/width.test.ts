import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clip, clipStart, displayWidth, pad, wrap } from "./width.ts";

test("columns are counted as terminals draw them", () => {
  for (const [text, columns] of [
    ["", 0],
    ["plain ~", 7],
    ["Größe", 5],
    ["e\u0301", 1],
    ["日本語", 6],
    ["한국", 4],
    ["ＡＢ", 4],
    ["😀🚀", 4],
    ["✓ ✗ … ─ ·", 9],
  ] as const) {
    assert.equal(displayWidth(text), columns, text);
  }
});

test("text is cut at its end, a path at its start and between folders where that is possible", () => {
  assert.equal(clip("abcdef", 6), "abcdef");
  assert.equal(clip("abcdef", 4), "abc…");
  assert.equal(clip("日本語", 4), "日…");
  assert.equal(clipStart("/app/minimist/package.json", 26), "/app/minimist/package.json");
  assert.equal(clipStart("/app/minimist/package.json", 24), "…/minimist/package.json");
  assert.equal(clipStart("/app/minimist/package.json", 10), "…kage.json");
});

test("text is wrapped between words, and a long word where it must be", () => {
  assert.deepEqual(wrap("the quick brown fox", 9), ["the quick", "brown fox"]);
  assert.deepEqual(wrap("a 0123456789 b", 4), ["a", "0123", "4567", "89 b"]);
  assert.deepEqual(wrap("日本語", 4), ["日本", "語"]);
  assert.deepEqual(wrap("", 4), [""]);
});

const text = fc.string({ unit: fc.constantFrom("a", "/", " ", "日", "😀", "e\u0301", "ß"), maxLength: 30 });

test("nothing is wider than it may be, and nothing that fits is changed", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (some, width) => {
      for (const cut of [clip(some, width), clipStart(some, width), ...wrap(some, width)]) {
        assert.ok(displayWidth(cut) <= width, JSON.stringify([some, cut]));
      }
      if (displayWidth(some) <= width) assert.deepEqual([clip(some, width), clipStart(some, width)], [some, some]);
      assert.ok(displayWidth(pad(some, width)) >= width);
    }),
  );
});

test("wrapping loses nothing but blanks", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (some, width) => {
      assert.equal(wrap(some, width).join("").replaceAll(" ", ""), some.replaceAll(" ", ""));
    }),
  );
});
