import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import type { Digest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import type { BlobStore } from "./blob.ts";
import { sha256, tarOf } from "./image.fixture.ts";
import { readLayer } from "./layer.ts";
import type { Layer } from "./model.ts";

const tar = tarOf([
  { name: "etc/passwd", content: "root\n" },
  { name: "big", content: "x".repeat(100_000) },
]);

/** A store of one blob that arrives in pieces of `piece` bytes. */
function storeOf(stored: Buffer, piece = 64 * 1024): BlobStore {
  return {
    place: "test",
    document: () => Promise.reject(new Error("not asked for")),
    open: async () =>
      Readable.from(
        (function* () {
          for (let at = 0; at < stored.length; at += piece) yield stored.subarray(at, at + piece);
        })(),
        { objectMode: false },
      ),
    close: async () => {},
  };
}

function layerOf(stored: Buffer, diffId: Digest = sha256(tar), changes: Partial<Layer> = {}): Layer {
  return { index: 2, diffId, digest: sha256(stored), mediaType: "", size: stored.length, ...changes };
}

async function namesIn(stored: Buffer, layer: Layer, piece?: number): Promise<string[]> {
  const names: string[] = [];
  await readLayer(storeOf(stored, piece), layer, {
    entry(entry) {
      names.push(entry.name);
      return false;
    },
  });
  return names;
}

async function refusal(stored: Buffer, layer: Layer): Promise<Problem> {
  try {
    await namesIn(stored, layer);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.match(error.place, /^layer 3 of test/);
    return error;
  }
  throw new Error("the layer was accepted");
}

for (const [name, stored] of [
  ["plain", tar],
  ["gzip", gzipSync(tar)],
  ["gzip in two members", Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))])],
  ["zstd", zstdCompressSync(tar)],
] as const) {
  test(`reads a ${name} layer, whatever pieces it arrives in`, async () => {
    for (const piece of [1_000_000, 1_000, 3]) {
      assert.deepEqual(await namesIn(stored, layerOf(stored), piece), ["etc/passwd", "big"]);
    }
  });
}

test("an empty layer has no entries", async () => {
  const empty = Buffer.alloc(0);
  assert.deepEqual(await namesIn(empty, layerOf(empty, sha256(empty))), []);
});

test("a digest that does not fit names both", async () => {
  const stored = gzipSync(tar);
  const other = sha256(Buffer.from("other"));
  const problem = await refusal(stored, layerOf(stored, sha256(tar), { digest: other }));
  assert.equal(problem.code, "oci.digest-mismatch");
  assert.ok(problem.message.includes(other) && problem.message.includes(sha256(stored)));
});

test("a diffID that does not fit names both, for plain layers too", async () => {
  const other = sha256(Buffer.from("other"));
  for (const stored of [gzipSync(tar), tar]) {
    const problem = await refusal(stored, layerOf(stored, other));
    assert.equal(problem.code, "oci.diffid-mismatch");
    assert.ok(problem.message.includes(other) && problem.message.includes(sha256(tar)));
  }
});

test("bytes that are more or fewer than the descriptor says are refused", async () => {
  const stored = gzipSync(tar);
  assert.equal((await refusal(stored, layerOf(stored, sha256(tar), { size: 10 }))).code, "oci.digest-mismatch");
  const cut = stored.subarray(0, 60);
  assert.equal((await refusal(cut, layerOf(stored))).code, "oci.digest-mismatch");
});

test("a truncated stream with a digest of its own is no layer", async () => {
  const cut = gzipSync(tar).subarray(0, 60);
  assert.equal((await refusal(cut, layerOf(cut))).code, "oci.layer");
});

test("a flipped bit is told as the digest that does not fit", async () => {
  const stored = gzipSync(tar);
  const broken = Buffer.from(stored);
  broken[40] = (broken[40] as number) ^ 0x10;
  assert.equal((await refusal(broken, layerOf(stored))).code, "oci.digest-mismatch");
});

test("a layer that grows over the bound is refused, whatever it is stored as", async () => {
  const bomb = tarOf([{ name: "zeros", content: Buffer.alloc(20_000_000) }]);
  for (const stored of [gzipSync(bomb), zstdCompressSync(bomb), bomb]) {
    const layer = layerOf(stored, sha256(bomb));
    const visitor = { entry: () => false };
    assert.equal((await readLayer(storeOf(stored), layer, visitor, { maxBytes: bomb.length })).size, bomb.length);
    await assert.rejects(
      readLayer(storeOf(stored), layer, visitor, { maxBytes: 1_000_000 }),
      (error) => error instanceof Problem && error.code === "oci.layer" && /1000000 bytes/.test(error.message),
    );
  }
});

test("a connection that breaks is an error, not the end of the layer", async () => {
  const stored = gzipSync(tar);
  const store: BlobStore = {
    ...storeOf(stored),
    open: async () =>
      Readable.from(
        (function* () {
          yield stored.subarray(0, 50);
          throw new Problem({
            kind: "unavailable",
            code: "registry.broken",
            place: "layer 3 of test",
            cause: "it broke",
          });
        })(),
        { objectMode: false },
      ),
  };
  await assert.rejects(readLayer(store, layerOf(stored), { entry: () => false }), /it broke/);
});

test("an abort ends the reading with its reason", async () => {
  const stored = gzipSync(tar);
  const reason = new Error("enough");
  const never: BlobStore = { ...storeOf(stored), open: async () => new Readable({ read() {} }) };
  const reading = readLayer(never, layerOf(stored), { entry: () => false }, { signal: AbortSignal.abort(reason) });
  await assert.rejects(reading, reason);
});

test("what the visitor throws ends the reading", async () => {
  const stored = gzipSync(tar);
  const visitor = {
    entry(): boolean {
      throw new Error("a bug");
    },
  };
  await assert.rejects(readLayer(storeOf(stored), layerOf(stored), visitor), /a bug/);
});

test("mutated blobs end in entries or a Problem", async () => {
  const seeds = [gzipSync(tar), zstdCompressSync(tar), tar.subarray(0, 1536)];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(1535), fc.nat(255)), { maxLength: 4 }),
      fc.nat(1535),
      async (seed, changes, length) => {
        const bytes = Buffer.from(seed.subarray(0, length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        await namesIn(bytes, layerOf(bytes)).catch((error: unknown) =>
          assert.ok(error instanceof Problem, String(error)),
        );
      },
    ),
    runs(150),
  );
});
