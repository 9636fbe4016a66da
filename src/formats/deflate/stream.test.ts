import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { createSharedMemory } from "../wasm/instance.ts";
import { codedBlock } from "./coded-block.fixture.ts";
import { INFLATER_BYTES, openStreamInflater, WINDOW } from "./stream.ts";

const PIECE = 4_096;
const PLACES = 3;
const memory = createSharedMemory(INFLATER_BYTES + PLACES * (WINDOW + PIECE));
assert.ok(memory !== undefined);
const inflater = openStreamInflater(memory);
assert.ok(inflater !== undefined);
const { input, begin, write } = inflater;
/** How much of the input was anything else than what stands behind what is given. */
let used = input.length;
const places = Array.from({ length: PLACES }, (_, at) =>
  Buffer.from(memory.buffer, INFLATER_BYTES + at * (WINDOW + PIECE) + WINDOW, PIECE),
);

/**
 * Inflated in one place after the other, and what was behind; throws as the inflater does.
 *
 * @param skipped - bytes before the deflated ones
 * @param order - of places, over and over again
 */
function inflate(given: Buffer, length: number, skipped: number, order: readonly number[]) {
  const pieces: Buffer[] = [];
  const behind: Buffer[] = [];
  let place = 0;
  let at = 0;
  let isOver = false;
  begin(skipped);
  const all = Buffer.concat([Buffer.alloc(skipped, 9), given]);
  for (let from = 0; from < all.length; ) {
    const taken = all.copy(input, 0, from, from + Math.max(length, skipped));
    input.fill(0xee, taken, Math.max(taken, used));
    used = taken;
    from += taken;
    if (isOver) {
      behind.push(Buffer.from(input.subarray(0, taken)));
      continue;
    }
    const bytes = () => places[order[place % order.length] as number] as Buffer;
    const rest = write(
      taken,
      from === all.length,
      () => ({ bytes: bytes(), at }),
      (more, isFull) => {
        pieces.push(Buffer.from(bytes().subarray(at, at + more)));
        at += more;
        if (!isFull) return;
        assert.ok(at > PIECE - 400);
        place += 1;
        at = 0;
      },
    );
    if (rest === undefined) continue;
    isOver = true;
    behind.push(rest);
  }
  return { bytes: Buffer.concat(pieces), behind: Buffer.concat(behind), isOver };
}

const words = Array.from({ length: 300 }, (_, n) => `word${n} `);
const text = Buffer.from(Array.from({ length: 30_000 }, (_, n) => words[(n * n) % 300]).join(""));
const noise = randomBytes(100_000);
const mixed = Buffer.concat([text.subarray(0, 50_000), noise, Buffer.alloc(40_000), text.subarray(0, 40_000), noise]);
const contents = fc.constantFrom(text, noise, mixed, Buffer.alloc(0), Buffer.alloc(70_000, 1), text.subarray(0, 4_096));
const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  strategy: fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED),
});
const orders = fc.array(fc.nat(PLACES - 1), { minLength: 1, maxLength: 5 });

test("whole, of any pieces into places of any order, with what is behind it", () => {
  fc.assert(
    fc.property(
      ...[contents, options, fc.nat(3_000), fc.integer({ min: 1, max: 150_000 }), fc.nat(20), orders],
      (content, how, more, length, skipped, order) => {
        const deflated = deflateRawSync(content, how);
        const tail = Buffer.alloc(more, 7);
        const given = Buffer.concat([deflated, tail]);
        const found = inflate(given, Math.max(length, Math.ceil(given.length / 500)), skipped, order);
        assert.ok(found.isOver);
        assert.ok(found.bytes.equals(content));
        assert.ok(found.behind.equals(tail));
      },
    ),
    runs(200),
  );
});

test("more than the input holds, byte by byte at its ends", () => {
  const large = randomBytes(2 * input.length);
  const deflated = deflateRawSync(Buffer.concat([text, large, text]));
  for (const length of [input.length, input.length - 1, 100_003]) {
    const { bytes, isOver } = inflate(deflated, length, 0, [0, 1, 2]);
    assert.ok(isOver && bytes.equals(Buffer.concat([text, large, text])));
  }
  const short = deflateRawSync(mixed.subarray(0, 3_000));
  assert.ok(inflate(short, 1, 0, [1, 0]).bytes.equals(mixed.subarray(0, 3_000)));
});

test("what is cut is an error", () => {
  fc.assert(
    fc.property(contents, options, fc.double({ min: 0, max: 1, noNaN: true }), (content, how, part) => {
      const deflated = deflateRawSync(content, how);
      const cut = deflated.subarray(0, Math.floor(part * (deflated.length - 1)));
      if (cut.length > 0) assert.throws(() => inflate(cut, 50_000, 0, [0, 1]), /broken|cut/);
    }),
    runs(100),
  );
});

test("of broken bytes it takes none that node:zlib refuses, and makes nothing else of them", () => {
  const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(contents, options, changes, (content, how, changed) => {
      const deflated = deflateRawSync(content.subarray(0, 20_000), how);
      for (const [place, byte] of changed) deflated[Math.floor(place * (deflated.length - 1))] = byte;
      const expected = attempt(() => inflateRawSync(deflated, { maxOutputLength: 4_000_000 }));
      const found = attempt(() => inflate(deflated, 9_000, 0, [2, 1]).bytes);
      assert.equal(found === undefined, expected === undefined);
      if (found !== undefined && expected !== undefined) assert.ok(found.equals(expected));
    }),
    runs(500),
  );
});

test("codes of any lengths, up to the longest there are", () => {
  fc.assert(
    fc.property(codedBlock, orders, (block, order) => {
      assert.ok(inflate(block, 1_000, 0, order).bytes.equals(inflateRawSync(block)));
    }),
    runs(300),
  );
});

test("symbols that fixed codes have and that mean nothing are broken, whatever codes were before", () => {
  const lengths = [286, 287].map((symbol) => fixedBlock([[192 + symbol - 280, 8]]).concat([0, 0, 0]));
  const far = [30, 31].map((symbol) =>
    fixedBlock([
      [48 + 97, 8],
      [1, 7],
      [symbol, 5],
    ]).concat([0, 0, 0]),
  );
  for (const bytes of [...lengths, ...far]) {
    const given = Buffer.from(bytes);
    assert.throws(() => inflateRawSync(given));
    for (const before of [text, noise, mixed, text.subarray(0, 300)]) {
      for (const level of [1, 9]) assert.ok(inflate(deflateRawSync(before, { level }), 50_000, 0, [0, 1]).isOver);
      assert.throws(() => inflate(given, 50_000, 0, [0, 1]), /broken/);
    }
  }
});

/** The only block, with these codes: each with its bits. */
function fixedBlock(codes: readonly (readonly [code: number, bits: number])[]): number[] {
  const bits = [
    1,
    1,
    0,
    ...codes.flatMap(([code, count]) => Array.from({ length: count }, (_, at) => (code >> (count - 1 - at)) & 1)),
  ];
  const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, () => 0);
  for (const [at, bit] of bits.entries()) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7));
  return bytes;
}

function attempt(work: () => Buffer): Buffer | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
