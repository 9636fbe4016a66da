import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import type { Digest } from "../../core/digest.ts";
import { runs } from "../../core/runs.fixture.ts";
import { INFLATER_BYTES, openStreamInflater, WINDOW } from "../../formats/deflate/stream.ts";
import { createSharedMemory } from "../../formats/wasm/instance.ts";
import { sha256 } from "./image.fixture.ts";
import { readLayerFile } from "./layer-file.ts";
import type { PieceWriter } from "./piece-ring.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-layer-"));
after(() => rmSync(folder, { recursive: true }));

interface Stored {
  readonly digest?: Digest;
  readonly diffId?: Digest;
  readonly size?: number;
  readonly hashesContent?: boolean;
  /** Bytes before it in its file. */
  readonly offset?: number;
  /** Pieces after which nobody wants more. */
  readonly most?: number;
}

const PIECE = 64 * 1024;
const memory = createSharedMemory(INFLATER_BYTES + WINDOW + PIECE);
assert.ok(memory !== undefined);
const opened = openStreamInflater(memory);
assert.ok(opened !== undefined);
const inflater = opened;
const room = Buffer.from(memory.buffer, INFLATER_BYTES + WINDOW, PIECE);

/** Whether it was read whole, and the pieces that were handed on, each of which is written over. */
function read(bytes: Buffer, content: Buffer, stored: Stored = {}) {
  const { offset = 0, most = Number.POSITIVE_INFINITY } = stored;
  const path = join(folder, "layer");
  writeFileSync(path, Buffer.concat([Buffer.alloc(offset, 1), bytes, Buffer.alloc(offset, 2)]));
  const given: Buffer[] = [];
  const pieces: PieceWriter = {
    room: () => (given.length < most ? room : undefined),
    give(length) {
      given.push(Buffer.from(room.subarray(0, length)));
      // What is at its end is looked back to.
      room.fill(0xdd, 0, PIECE - WINDOW - 1_000);
    },
    begin() {},
    end() {},
  };
  const { digest = sha256(bytes), diffId = sha256(content), size = bytes.length, hashesContent = true } = stored;
  const file = { file: path, offset, size: bytes.length };
  const isWhole = readLayerFile({ layer: { digest, diffId, size }, file, hashesContent }, pieces, inflater);
  return { isWhole, given };
}

const noise = randomBytes(300_000);
const text = Buffer.from("layers of text, ".repeat(40_000));

test("gzipped and plain, in nearly full pieces but for the last", () => {
  const contents = fc.constantFrom(text, noise, text.subarray(0, PIECE), text.subarray(0, 3), Buffer.alloc(0));
  fc.assert(
    fc.property(contents, fc.constantFrom("gzip", "plain"), fc.nat(1_000), (content, form, offset) => {
      const bytes = form === "gzip" ? gzipSync(content) : content;
      const { isWhole, given } = read(bytes, content, { offset });
      // By fewer bytes its compression cannot be told.
      if (bytes.length < 4) assert.equal(isWhole, false);
      else assert.ok(isWhole && Buffer.concat(given).equals(content));
      for (const piece of given.slice(0, -1)) assert.ok(piece.length > PIECE - 1_000);
    }),
    runs(40),
  );
});

const gzipped = gzipSync(text);
const trailer = gzipped.subarray(-8);
const other = sha256(noise);
for (const [name, bytes, stored] of [
  ["a digest that does not fit", gzipped, { digest: other }],
  ["a diffID that does not fit", gzipped, { diffId: other }],
  ["a plain layer's diffID that does not fit", text, { diffId: other }],
  ["a size that does not fit", gzipped, { size: gzipped.length - 1 }],
  ["cut short", gzipped.subarray(0, -200), {}],
  ["without its trailer", gzipped.subarray(0, -8), {}],
  ["another length in it", Buffer.concat([gzipped.subarray(0, -1), Buffer.from([1])]), {}],
  ["broken within", Buffer.concat([gzipped.subarray(0, 10), Buffer.alloc(100, 7), trailer]), {}],
  ["in two members", Buffer.concat([gzipSync(text.subarray(0, 700)), gzipSync(text.subarray(700))]), {}],
  ["with padding behind it", Buffer.concat([gzipped, Buffer.alloc(600)]), {}],
  ["a header alone", gzipped.subarray(0, 10), {}],
  [
    "a header that is none",
    Buffer.concat([Buffer.from([0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0]), deflateRawSync(text)]),
    {},
  ],
  ["zstd", zstdCompressSync(text), {}],
  ["nobody wants more of it", gzipped, { most: 2 }],
] as const) {
  test(`${name}: left to whoever reads it as a stream`, () => {
    assert.equal(read(bytes, text, stored).isWhole, false);
  });
}

test("the diffID is left to whoever gets the content, where that is said", () => {
  assert.equal(read(gzipped, text, { diffId: other, hashesContent: false }).isWhole, true);
  assert.equal(read(gzipped, text, { digest: other, hashesContent: false }).isWhole, false);
});

test("a file that is not there is thrown", () => {
  const layer = { digest: other, diffId: other, size: 10 };
  const file = { file: join(folder, "none"), offset: 0, size: 10 };
  assert.throws(() => readLayerFile({ layer, file, hashesContent: true }, {} as PieceWriter, inflater), {
    code: "ENOENT",
  });
});
