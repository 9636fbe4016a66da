import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createUnpackedParts } from "./unpacked-parts.ts";

const SIZE = 100;

test("what is answered is what was kept, however often the buffer was filled", () => {
  const asked = fc.record({ key: fc.nat({ max: 20 }), length: fc.nat({ max: 60 }) });
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 80 }), (all) => {
      const parts = createUnpackedParts<number, Buffer>(SIZE);
      const written = new Map<number, Buffer>();
      for (const [time, { key, length }] of all.entries()) {
        const bytes = Buffer.alloc(length, time + 1);
        assert.deepEqual(
          parts.keep(key, bytes, (kept) => kept),
          bytes,
        );
        written.set(key, bytes);
        for (const [other, expected] of written) {
          const found = parts.get(other);
          if (found !== undefined) assert.deepEqual(found, expected);
        }
      }
    }),
  );
});

test("the oldest are written over first, and what is larger than all room is not kept", () => {
  const parts = createUnpackedParts<string, string>(SIZE);
  const keep = (key: string, length: number) => parts.keep(key, Buffer.alloc(length), () => key);
  keep("a", 40);
  keep("b", 40);
  assert.equal(parts.get("a"), "a");
  keep("c", 40);
  assert.equal(parts.get("a"), undefined);
  assert.deepEqual(["b", "c"].map(parts.get), ["b", "c"]);
  keep("d", 30);
  assert.deepEqual(["b", "c", "d"].map(parts.get), [undefined, "c", "d"]);
  assert.equal(keep("e", SIZE + 1), undefined);
  assert.equal(keep("f", SIZE), "f");
  assert.deepEqual(["c", "d", "f"].map(parts.get), [undefined, undefined, "f"]);
});

test("one without bytes hides none behind it that is written over", () => {
  const parts = createUnpackedParts<string, string>(SIZE);
  for (const [key, length] of Object.entries({ a: 60, empty: 0, b: 30, c: 60, d: 20 })) {
    parts.keep(key, Buffer.alloc(length), () => key);
  }
  assert.deepEqual(["a", "b", "c", "d"].map(parts.get), [undefined, undefined, "c", "d"]);
});
