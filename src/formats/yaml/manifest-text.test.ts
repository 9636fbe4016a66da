import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../core/code-point.fixture.ts";
import { cutDocuments } from "./documents.ts";
import { linePosition } from "./line-position.ts";
import type { TextPart } from "./model.ts";

/** Some of each part's length, so that there are several. */
const long = fc.stringMatching(/^[a-z: \n]{0,40}$/).map((text) => text.repeat(500));
const piece = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 60 }),
  fc.constantFrom("\n---\n", "\n--- x\n", "\r\n---\r\n", "\n", "\ufeff", "é\n", "\ud800", "😀\n"),
  long,
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

function cut(whole: string) {
  return cutDocuments("a.yaml", whole, 1_000).text;
}

function textOf({ content }: TextPart): string {
  return content.toString();
}

test("a packed text says what it said, place by place", () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 8 }), (whole, chosen) => {
      const plain = cut(whole);
      const packed = cut(whole);
      packed.pack();
      assert.equal(packed.text, whole);
      assert.equal([...packed.texts()].join(""), [...plain.texts()].join(""));
      const offsets = [...chosen.map((offset) => offset % (whole.length + 1)), 0, whole.length];
      for (const offset of offsets) assert.deepEqual(linePosition(packed, offset), linePosition(plain, offset));
      for (const { start, end } of packed.documents) {
        const part = packed.part(start);
        assert.equal(textOf(part).slice(start - part.offset, end - part.offset), whole.slice(start, end));
      }
    }),
  );
});

test("it is held packed, and unpacked in parts", () => {
  const document = `${"a: 1\n".repeat(1_000)}---\n`;
  const packed = cut(document.repeat(20));
  packed.pack();
  const { content, offset } = packed.part(document.length * 10);
  assert.ok(content.length < document.length * 8, `${content.length} characters`);
  assert.ok(offset > 0);
  assert.deepEqual(linePosition(packed, document.length * 10), { line: 10_011, column: 1 });
});
