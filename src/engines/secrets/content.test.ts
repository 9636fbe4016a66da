import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { type ContentKind, contentKindOf } from "./content.ts";

/** By all zeros of all four places. */
function kindByAll(bytes: Buffer): ContentKind {
  if (!bytes.includes(0)) return "text";
  const zeros = [0, 1, 2, 3].map((place) => bytes.filter((byte, at) => byte === 0 && at % 4 === place).length);
  const [first = 0, second = 0, third = 0, fourth = 0] = zeros;
  const most = (count: number, of: number): boolean => of >= 4 && count >= of * 0.9;
  const [fours, pairs] = [bytes.length >> 2, bytes.length >> 1];
  if (first === 0 && most(fourth, fours) && most(third, fours)) return "utf-32le";
  if (fourth === 0 && most(first, fours) && most(second, fours)) return "utf-32be";
  if (first + third === 0 && most(second + fourth, pairs)) return "utf-16le";
  if (second + fourth === 0 && most(first + third, pairs)) return "utf-16be";
  return "binary";
}

test("the kind is told as by all zeros, of texts in each encoding and of what is nearly one", () => {
  const wide = (text: string): Buffer => Buffer.from(Uint32Array.from(text, (each) => each.codePointAt(0) ?? 0).buffer);
  const encoded = fc.tuple(fc.string({ unit: "grapheme-ascii", maxLength: 40 }), fc.nat(4)).map(([text, form]) => {
    const bytes = [Buffer.from(text), Buffer.from(text, "utf16le"), wide(text)][form % 3] as Buffer;
    return form < 3 ? bytes : form === 3 ? Buffer.from(text, "utf16le").swap16() : wide(text).swap32();
  });
  const nearly = fc.tuple(encoded, fc.nat(160), fc.nat(255)).map(([bytes, at, byte]) => {
    if (at < bytes.length) bytes[at] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(nearly, (bytes) => {
      const mark = bytes.toString("hex", 0, 4);
      if (/^(?:fffe|feff|0000feff)/.test(mark)) return;
      assert.equal(contentKindOf(bytes), kindByAll(bytes));
    }),
    runs(300),
  );
});
