import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync, deflateSync, inflateRawSync, inflateSync, type ZlibOptions } from "node:zlib";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { type InflateSmall, openSmall } from "./small.ts";

const { inflate } = openSmall() as { readonly inflate: InflateSmall };

/** Text that repeats itself near and far, bytes of any value, and runs. */
const pieces = fc.oneof(
  fc.string({ maxLength: 40 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(fc.nat(255), fc.nat(3_000)).map(([byte, count]) => Buffer.alloc(count, byte)),
  fc.constantFrom("export function ", "const key = ", "0123456789abcdef", "\n").map((text) => Buffer.from(text)),
);
const contents = fc
  .tuple(fc.array(pieces, { maxLength: 30 }), fc.array(fc.nat(29), { maxLength: 60 }))
  .map(([given, order]) => Buffer.concat([...given, ...order.map((n) => given[n] ?? Buffer.alloc(0))]))
  .filter(({ length }) => length <= 64 * 1024);
const options: fc.Arbitrary<ZlibOptions> = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  strategy: fc.constantFrom(
    ...[constants.Z_DEFAULT_STRATEGY, constants.Z_FILTERED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE],
    constants.Z_FIXED,
  ),
});

/** What node:zlib makes of it, where it does. */
function peer(bytes: Buffer): Buffer | undefined {
  try {
    return inflateSync(bytes, { maxOutputLength: 256 * 1024 });
  } catch {
    return undefined;
  }
}

test("a stream becomes what it was, in codes of every kind", () => {
  fc.assert(
    fc.property(contents, options, (bytes, how) => {
      const deflated = deflateSync(bytes, how);
      if (deflated.length > 64 * 1024) return;
      assert.deepEqual(inflate(deflated, bytes.length), bytes);
      assert.deepEqual(inflate(Buffer.concat([deflated, Buffer.from("behind")]), bytes.length), bytes);
    }),
    runs(300),
  );
});

test("another size, and a stream that is cut, is nothing", () => {
  fc.assert(
    fc.property(contents, options, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, how, part) => {
      const deflated = deflateSync(bytes, how);
      assert.equal(inflate(deflated, bytes.length + 1), undefined);
      if (bytes.length > 0) assert.equal(inflate(deflated, bytes.length - 1), undefined);
      assert.equal(inflate(deflated.subarray(0, Math.floor(part * (deflated.length - 1))), bytes.length), undefined);
    }),
    runs(300),
  );
});

test("of broken streams it takes none that node:zlib refuses, and makes nothing else of one", () => {
  const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(contents, options, changes, fc.boolean(), (bytes, how, changed, isSummed) => {
      const deflated = deflateSync(bytes, how);
      const end = deflated.length - (isSummed ? 0 : 4);
      for (const [place, byte] of changed) deflated[Math.min(end - 1, Math.floor(place * end))] = byte;
      const expected = peer(deflated);
      const found = inflate(deflated, expected?.length ?? bytes.length);
      if (found !== undefined) assert.deepEqual(found, expected);
    }),
    runs(1_000),
  );
});

/** Bits of blocks: what was changed after it was deflated, and what never was. */
const changedBlocks = fc
  .tuple(contents, options, fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 2 }))
  .map(([bytes, how, changed]) => {
    const blocks = deflateRawSync(bytes, how);
    for (const [place, byte] of changed) if (place < blocks.length) blocks[place] = byte;
    return blocks;
  });
const anyBlocks = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bits) => Buffer.from(bits));

test("blocks of any bits are what node:zlib makes of them, where their checksum holds", () => {
  fc.assert(
    fc.property(fc.oneof(changedBlocks, anyBlocks), (blocks) => {
      const expected = read(blocks);
      if (expected === undefined) return;
      const { bytes, length } = expected;
      const deflated = Buffer.concat([HEADER, blocks.subarray(0, length), deflateSync(bytes).subarray(-4)]);
      const found = inflate(deflated, bytes.length);
      if (found !== undefined) assert.deepEqual([found, peer(deflated)], [bytes, bytes]);
    }),
    runs(1_000),
  );
});

const HEADER = Buffer.from([0x78, 0x9c]);

/** As node:zlib reads them, and how many bytes they take; undefined where they are broken or do not end. */
function read(blocks: Buffer): { readonly bytes: Buffer; readonly length: number } | undefined {
  try {
    const { buffer, engine } = inflateRawSync(blocks, { info: true, maxOutputLength: 64 * 1024 }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return { bytes: buffer, length: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

test("checksums of much that is high do not run over", () => {
  for (const size of [15, 16, 4_095, 4_096, 4_097, 65_535, 65_536]) {
    const bytes = Buffer.alloc(size, 0xff);
    assert.ok(inflate(deflateSync(bytes), size)?.equals(bytes), String(size));
  }
});

test("what is large or has a dictionary is left to node:zlib", () => {
  const large = Buffer.alloc(64 * 1024 + 1);
  assert.equal(inflate(deflateSync(large), large.length), undefined);
  const bytes = Buffer.from("some words, some words");
  assert.equal(inflate(deflateSync(bytes, { dictionary: Buffer.from("words") }), bytes.length), undefined);
  assert.equal(inflate(deflateSync(bytes, { windowBits: 9 }), bytes.length), undefined);
});

test("nothing is inflated where the runtime has no WebAssembly", () => {
  const { WebAssembly: runtime } = globalThis as { WebAssembly?: unknown };
  try {
    Reflect.deleteProperty(globalThis, "WebAssembly");
    assert.equal(openSmall(), undefined);
  } finally {
    Object.defineProperty(globalThis, "WebAssembly", { value: runtime, configurable: true, writable: true });
  }
});
