import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { createInPlaceInflater } from "./in-place.ts";

/** Inflated into pieces that are written over, and how many bytes were behind; throws as the inflater does. */
function inflate(given: Buffer, length: number, size: number): { readonly bytes: Buffer; readonly behind: number } {
  const inflater = createInPlaceInflater();
  assert.ok(inflater !== undefined);
  const room = Buffer.alloc(size);
  const pieces: Buffer[] = [];
  let at = 0;
  let behind = 0;
  const filled = (more: number): void => {
    pieces.push(Buffer.from(room.subarray(at, at + more)));
    room.fill(0xdd, at, at + more);
    at = (at + more) % size;
  };
  try {
    for (let from = 0; from < given.length; from += length) {
      const chunk = Buffer.from(given.subarray(from, from + length));
      behind += inflater.write(chunk, () => ({ bytes: room, at }), filled) ?? 0;
      chunk.fill(0xee);
    }
  } finally {
    inflater.close();
  }
  return { bytes: Buffer.concat(pieces), behind };
}

const text = Buffer.from("layers of text, ".repeat(9_000));
const noise = randomBytes(100_000);

test("whole, into any room and of any pieces, with the number of bytes behind it", () => {
  const contents = fc.constantFrom(text, noise, Buffer.alloc(0), text.subarray(0, 4_096));
  fc.assert(
    fc.property(
      contents,
      fc.nat(3_000),
      fc.integer({ min: 1, max: 150_000 }),
      fc.constantFrom(16, 4_096, 144_000, 1_000_000),
      (content, more, length, size) => {
        const given = Buffer.concat([deflateRawSync(content), Buffer.alloc(more, 7)]);
        const { bytes, behind } = inflate(given, Math.max(length, given.length / 500), size);
        assert.ok(bytes.equals(content));
        assert.equal(behind, more);
      },
    ),
    runs(60),
  );
});

test("broken bytes are an error", () => {
  assert.throws(() => inflate(Buffer.from([7, 7, 7, 7]), 2, 100));
  const cut = deflateRawSync(noise).subarray(0, 50_000);
  assert.equal(inflate(cut, 10_000, 4_096).behind, 0);
});
