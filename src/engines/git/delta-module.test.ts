import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { applyDelta } from "./delta.ts";
import { createInflater } from "./inflater.ts";

const { patched } = createInflater(0);

/** Undefined where it is left to JavaScript. */
function patch(base: Buffer, delta: Buffer): Buffer | undefined {
  return patched(deflateSync(delta), delta.length, base);
}

/** Copies a stretch: all bytes of the offset and the size, or those alone that are no zeros. */
const copies = fc.tuple(fc.nat(500), fc.nat(300), fc.boolean()).map(([from, count, isWhole]) => {
  const bytes = [from & 0xff, from >> 8, 0, 0, count & 0xff, count >> 8, 0];
  const kept = bytes.map((byte) => isWhole || byte !== 0);
  const instruction = kept.reduce((bits, isKept, n) => bits | (isKept ? 1 << n : 0), 0x80);
  return [instruction, ...bytes.filter((_, n) => kept[n])];
});
const additions = fc.uint8Array({ minLength: 1, maxLength: 127 }).map((bytes) => [bytes.length, ...bytes]);
const bases = fc.uint8Array({ maxLength: 600 }).map((bytes): Buffer => Buffer.from(bytes));
const bodies = fc.oneof(
  fc.array(fc.oneof(copies, additions), { maxLength: 12 }).map((each) => each.flat()),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => [...bytes]),
);

/** 7 bits a byte, the lowest first. */
function sizeOf(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...sizeOf(value >> 7)];
}

test("what JavaScript makes of a delta, or nothing where that refuses it", () => {
  let applied = 0;
  fc.assert(
    fc.property(bases, bodies, fc.constantFrom(0, 0, 0, 1, -1), (base, body, more) => {
      const length = Math.max(0, lengthOf(body) + more);
      if (length > 100_000) return;
      const sizes = [...sizeOf(base.length), ...sizeOf(length)];
      const delta = Buffer.from([...sizes, ...body]);
      const result = patch(base, delta);
      assert.deepEqual(result, applyDelta(base, delta));
      if (result !== undefined) applied += 1;
    }),
    runs(1_000),
  );
  assert.ok(applied > 0, String(applied));
});

/** What the instructions come to, whether they hold or not. */
function lengthOf(body: readonly number[]): number {
  let length = 0;
  for (let at = 0; at < body.length; ) {
    const instruction = body[at++] as number;
    if (instruction < 0x80) {
      length += instruction;
      at += instruction;
      continue;
    }
    let count = 0;
    for (let bit = 0; bit < 7; bit++) {
      if ((instruction & (1 << bit)) === 0) continue;
      const byte = body[at++] ?? 0;
      if (bit >= 4) count += byte << (8 * (bit - 4));
    }
    length += count === 0 ? 0x10000 : count;
  }
  return length;
}

test("stretches at the bounds of base, delta and result", () => {
  const base = Buffer.from("0123456789abcdef0123");
  const sized = (delta: readonly number[], length: number) => Buffer.from([base.length, length, ...delta]);
  assert.deepEqual(patch(base, sized([0x90, 20], 20)), base);
  const refused: readonly (readonly [string, readonly number[], number])[] = [
    ["behind the base", [0x91, 1, 20], 20],
    ["an offset of four bytes", [0x9f, 0xff, 0xff, 0xff, 0xff, 20], 20],
    ["a size of three bytes", [0xf0, 0xff, 0xff, 0xff], 20],
    ["more than there is room for", [0x90, 20], 19],
    ["less than there is room for", [0x90, 20], 21],
    ["an addition that the delta has not", [5, 1, 2], 5],
    ["an instruction that is reserved", [0], 0],
    ["a copy without its size", [0x90], 0],
  ];
  for (const [name, delta, length] of refused) {
    assert.equal(patch(base, sized(delta, length)), undefined, name);
  }
  const sizes: readonly (readonly [string, readonly number[]])[] = [
    ["another base", [19, 20, 0x90, 20]],
    ["no size", [20]],
    ["a size that does not end", [20, 0x94, 0x80]],
    ["a size of five bytes", [20, 0x94, 0x80, 0x80, 0x80, 0x01, 0x90, 20]],
    ["more than is made here", [20, ...sizeOf(256 * 1024 + 1), 0x90, 20]],
  ];
  for (const [name, delta] of sizes) assert.equal(patch(base, Buffer.from(delta)), undefined, name);
});

test("a chain: each is made of the one before, of an earlier one, or of what comes between", () => {
  fc.assert(
    fc.property(bases, fc.array(fc.tuple(fc.nat(3), bodies), { maxLength: 12 }), (base, steps) => {
      const made: Buffer[] = [base];
      for (const [back, body] of steps) {
        const from = made[Math.max(0, made.length - 1 - back)] ?? base;
        const length = lengthOf(body);
        if (length > 100_000) continue;
        const sizes = [...sizeOf(from.length), ...sizeOf(length)];
        const delta = Buffer.from([...sizes, ...body]);
        const expected = applyDelta(from, delta);
        const result = patch(from, delta);
        assert.deepEqual(result, expected);
        if (result !== undefined) made.push(result);
      }
    }),
    runs(300),
  );
});

test("what is large, and what comes first, is left to JavaScript", () => {
  const base = Buffer.alloc(256 * 1024 + 1);
  assert.equal(patch(base, Buffer.from([...sizeOf(base.length), 1, 0x90, 1])), undefined);
  const later = createInflater(1);
  const delta = Buffer.from([1, 1, 0x90, 1]);
  const results = [1, 2].map(() => later.patched(deflateSync(delta), delta.length, Buffer.from("a"))?.toString());
  assert.deepEqual(results, [undefined, "a"]);
});

test("a stream that is cut, or of another size than stated, makes nothing", () => {
  const base = Buffer.from("0123456789");
  const delta = Buffer.from([10, 4, 0x91, 3, 4]);
  const deflated = deflateSync(delta);
  assert.deepEqual(String(patched(deflated, delta.length, base)), "3456");
  assert.equal(patched(deflated, delta.length + 1, base), undefined);
  assert.equal(patched(deflated.subarray(0, -1), delta.length, base), undefined);
  assert.equal(patched(Buffer.alloc(0), delta.length, base), undefined);
});
