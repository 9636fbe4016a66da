import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { suite, test } from "node:test";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { Problem } from "../../core/problem.ts";
import { createZstdFrames } from "../../formats/zstd/frames.ts";
import { sha256, tarOf } from "./image.fixture.ts";
import { readLayer } from "./layer.ts";
import { openTar } from "./tar-file.ts";

const tar = tarOf([
  { name: "etc/passwd", content: "root\n" },
  { name: "big", content: Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 3)) },
  { name: "zeros", content: Buffer.alloc(400_000) },
]);

function skippable(bytes: number, digit = 0): Buffer {
  const frame = Buffer.alloc(8 + bytes, 0x28);
  frame.writeUInt32LE(0x184d2a50 + digit, 0);
  frame.writeUInt32LE(bytes, 4);
  return frame;
}

/** As the format zstd:chunked has it: a frame for each piece of the content, and a table of contents that is skipped. */
function chunked(content: Buffer, size: number): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < content.length; at += size) {
    const checksumFlag = frames.length % 2;
    const params = { [constants.ZSTD_c_checksumFlag]: checksumFlag };
    frames.push(zstdCompressSync(content.subarray(at, at + size), { params }));
    if (frames.length % 3 === 0) frames.push(skippable(frames.length * 11, frames.length % 16));
  }
  return Buffer.concat([...frames, zstdCompressSync(Buffer.alloc(0)), skippable(64), skippable(0)]);
}

async function namesIn(stored: Buffer, piece: number): Promise<string[]> {
  const pieces = function* () {
    for (let at = 0; at < stored.length; at += piece) yield stored.subarray(at, at + piece);
  };
  const store = {
    place: "test",
    document: () => Promise.reject(new Error("not asked for")),
    open: async () => Readable.from(pieces(), { objectMode: false }),
    close: async () => {},
  };
  const layer = { index: 0, diffId: sha256(tar), digest: sha256(stored), mediaType: "", size: stored.length };
  const names: string[] = [];
  await readLayer(store, layer, { entry: ({ name }) => names.push(name) < 0 });
  return names;
}

async function refusal(stored: Buffer, piece = 1 << 20): Promise<string> {
  try {
    await namesIn(stored, piece);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error.message;
  }
  throw new Error("the layer was accepted");
}

const all = ["etc/passwd", "big", "zeros"];

suite("layers of several frames or members", () => {
  for (const piece of [1_000_000, 4_096, 7]) {
    test(`every frame of zstd is read, skippable ones are not, in pieces of ${piece} bytes`, async () => {
      const size = piece === 7 ? 100_000 : 10_000;
      assert.deepEqual(await namesIn(chunked(tar, size), piece), all);
      assert.deepEqual(await namesIn(Buffer.concat([skippable(9), chunked(tar, 50_000)]), piece), all);
    });
  }
  test("every member of gzip is read, empty ones too", async () => {
    const members = [tar.subarray(0, 700), Buffer.alloc(0), tar.subarray(700, 5_000), tar.subarray(5_000)];
    const stored = Buffer.concat(members.map((member) => gzipSync(member)));
    for (const piece of [1_000_000, 333]) assert.deepEqual(await namesIn(stored, piece), all);
  });
  test("what follows the last frame and is none is refused, as is one that is cut off", async () => {
    const whole = zstdCompressSync(tar);
    for (const rest of ["junk", "x", "\x28\xb5\x2f", "\x50\x2a\x4d\x18\x09\0\0\0x"]) {
      const stored = Buffer.concat([whole, Buffer.from(rest, "latin1")]);
      for (const piece of [1 << 20, 3]) assert.match(await refusal(stored, piece), /cannot be decompressed/);
    }
    assert.match(await refusal(whole.subarray(0, whole.length - 2)), /cannot be decompressed/);
    assert.match(await refusal(Buffer.concat([gzipSync(tar), Buffer.from("junk")])), /cannot be decompressed/);
  });
  test("an archive around an image is read to its last frame", async () => {
    const folder = mkdtempSync(join(tmpdir(), "frames-"));
    try {
      const file = join(folder, "image.tar.zst");
      writeFileSync(file, chunked(tar, 90_000));
      const contents = await openTar(file, file);
      assert.deepEqual([...contents.members.keys()], all);
      await contents.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("frames of every kind of header are told apart without decoding", () => {
  const content = Buffer.alloc(70_000, "ab");
  const made = [0, 1].flatMap((checksum) =>
    [0, 1].flatMap((size) =>
      [0, 1, 255, 256, 65_791, 70_000].map((length) =>
        zstdCompressSync(content.subarray(0, length), {
          pledgedSrcSize: length,
          params: { [constants.ZSTD_c_checksumFlag]: checksum, [constants.ZSTD_c_contentSizeFlag]: size },
        }),
      ),
    ),
  );
  const frames = createZstdFrames();
  assert.deepEqual(frames.split(Buffer.concat(made)), made);
  assert.equal(frames.end(), undefined);
});
