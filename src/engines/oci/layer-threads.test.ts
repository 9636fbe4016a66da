import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { Digest } from "../../core/digest.ts";
import type { BlobStore } from "./blob.ts";
import { sha256, tarOf } from "./image.fixture.ts";
import type { OpenImage } from "./image.ts";
import { readLayer } from "./layer.ts";
import type { FixtureStart } from "./layer-thread.fixture.ts";
import { openLayerThreads } from "./layer-threads.ts";
import type { Layer } from "./model.ts";
import type { TarVisitor } from "./tar.ts";
import { threadsOf } from "./threads.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-layers-"));
after(() => rmSync(folder, { recursive: true }));

/** More than the places of a ring hold, so that its memory is used again. */
const large = tarOf([
  { name: "etc/passwd", content: "root\n" },
  { name: "noise", content: randomBytes(3_500_000) },
  { name: "text", content: "x".repeat(1_000_000) },
]);
const small = tarOf([{ name: "etc/group", content: "root\n" }]);

interface Stored {
  readonly bytes: Buffer;
  readonly diffId?: Digest;
  readonly digest?: Digest;
  readonly size?: number;
}

/** An image of layers in one file, one behind the other. */
function imageOf(stored: readonly Stored[]) {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, Buffer.concat(stored.map(({ bytes }) => bytes)));
  let offset = 0;
  const files = new Map<Digest, { file: string; offset: number; size: number }>();
  const layers = stored.map(({ bytes, diffId = sha256(large), digest = sha256(bytes), size }, index): Layer => {
    files.set(digest, { file: path, offset, size: bytes.length });
    offset += bytes.length;
    return { index, diffId, digest, mediaType: "", size: size ?? bytes.length };
  });
  const store: BlobStore = {
    place: "test",
    document: () => Promise.reject(new Error("not asked for")),
    open: () => Promise.reject(new Error("not asked for")),
    fileOf: async (digest) => files.get(digest),
    close: async () => {},
  };
  return { layers, image: { store, layers } as unknown as OpenImage };
}

/** Names, sizes and sums of everything that the visitor was given. */
function recorder() {
  const seen: string[] = [];
  const visitor: TarVisitor = {
    entry({ name }) {
      seen.push(name);
      return true;
    },
    content: ({ name }, bytes) => seen.push(`${name} ${sha256(bytes)}`),
  };
  return { seen, visitor };
}

async function read(
  stored: readonly Stored[],
  { mode = "reads", signal }: { mode?: FixtureStart["mode"]; signal?: AbortSignal } = {},
) {
  const { layers, image } = imageOf(stored);
  const threads = openLayerThreads(image, layers, threadsOf(mode), 1);
  assert.ok(threads !== undefined);
  try {
    return await Promise.all(
      layers.map(async (layer) => {
        const { seen, visitor } = recorder();
        const told: number[] = [];
        const onProgress = (bytes: number) => told.push(bytes);
        const whole = await threads.read(layer, visitor, { onProgress, ...(signal === undefined ? {} : { signal }) });
        return { whole, seen, told };
      }),
    );
  } finally {
    await threads.end();
  }
}

async function expected(tar: Buffer): Promise<string[]> {
  const { seen, visitor } = recorder();
  const { Readable } = await import("node:stream");
  const store = { place: "test", open: async () => Readable.from([tar]) } as unknown as BlobStore;
  await readLayer(
    store,
    { index: 0, diffId: sha256(tar), digest: sha256(tar), mediaType: "", size: tar.length },
    visitor,
  );
  return seen;
}

test("layers side by side give what a stream gives, plain and gzipped", async () => {
  const stored = [{ bytes: gzipSync(large) }, { bytes: large }, { bytes: gzipSync(small), diffId: sha256(small) }];
  const results = await read(stored);
  for (const [at, tar] of [large, large, small].entries()) {
    assert.equal(results[at]?.whole, true);
    assert.deepEqual(results[at]?.seen, await expected(tar));
  }
  assert.deepEqual(
    results.map(({ told }) => told.at(-1)),
    stored.map(({ bytes }) => bytes.length),
  );
});

test("one that is larger than all others together is hashed by this thread", async () => {
  const [one] = await read([{ bytes: gzipSync(large) }]);
  assert.deepEqual([one?.whole, one?.seen], [true, await expected(large)]);
  const [other] = await read([{ bytes: gzipSync(large), diffId: sha256(small) }]);
  assert.equal(other?.whole, false);
});

test("what a thread cannot read whole is left to readLayer, and what is no tar; the others are read all the same", async () => {
  const zeros = Buffer.alloc(3_000_000, 9);
  const early = large.subarray(0, 2_000);
  const results = await read([
    { bytes: zstdCompressSync(large) },
    { bytes: gzipSync(zeros), diffId: sha256(zeros) },
    { bytes: gzipSync(large) },
  ]);
  assert.deepEqual(
    results.map(({ whole }) => whole),
    [false, false, true],
  );
  const [one, other] = await read([{ bytes: gzipSync(early), diffId: sha256(early) }, { bytes: gzipSync(large) }]);
  assert.deepEqual([one?.whole, other?.whole], [false, true]);
});

test("programs of several layers that are large together wait for each other, and come whole", async () => {
  const tars = [80, 30, 50].map((size, at) =>
    tarOf([
      { name: `large-${at}`, content: Buffer.alloc(size * 1024 * 1024, at + 1) },
      { name: `other-${at}`, content: Buffer.alloc(9_000_000, at + 7) },
    ]),
  );
  const { layers, image } = imageOf(tars.map((tar) => ({ bytes: gzipSync(tar, { level: 1 }), diffId: sha256(tar) })));
  const threads = openLayerThreads(image, layers, threadsOf(), 1);
  assert.ok(threads !== undefined);
  const results = await Promise.all(
    layers.map(async (layer) => {
      const seen: string[] = [];
      const whole = await threads.read(
        layer,
        {
          entry: () => (layer.index === 1 ? "peek" : "lent"),
          peek: () => "lent",
          content: ({ name }, bytes) => seen.push(`${name} ${sha256(bytes)}`),
        },
        {},
      );
      return { whole, seen };
    }),
  );
  await threads.end();
  for (const [at, size] of [80, 30, 50].entries()) {
    const sums = [sha256(Buffer.alloc(size * 1024 * 1024, at + 1)), sha256(Buffer.alloc(9_000_000, at + 7))];
    assert.deepEqual(results[at], { whole: true, seen: [`large-${at} ${sums[0]}`, `other-${at} ${sums[1]}`] });
  }
});

test("of a thread that breaks off everything is left", async () => {
  const results = await read([{ bytes: gzipSync(large) }, { bytes: large }], { mode: "dies" });
  assert.deepEqual(
    results.map(({ whole }) => whole),
    [false, false],
  );
});

test("what nobody wants any more is left, before it begins and in its midst", async () => {
  const ended = new AbortController();
  ended.abort();
  assert.deepEqual(
    (await read([{ bytes: gzipSync(large) }], { signal: ended.signal })).map(({ whole }) => whole),
    [false],
  );
  const { layers, image } = imageOf([{ bytes: gzipSync(large) }]);
  const threads = openLayerThreads(image, layers, threadsOf(), 1);
  const controller = new AbortController();
  const { visitor } = recorder();
  const reading = threads?.read(
    layers[0] as Layer,
    { ...visitor, content: () => controller.abort() },
    { signal: controller.signal },
  );
  assert.equal(await reading, false);
  await threads?.end();
});

test("ended in the midst, nothing hangs", async () => {
  const { layers, image } = imageOf([{ bytes: gzipSync(large) }, { bytes: large }]);
  const threads = openLayerThreads(image, layers, threadsOf(), 1);
  assert.ok(threads !== undefined);
  const results = layers.map((layer) => threads.read(layer, recorder().visitor, {}));
  await new Promise(setImmediate);
  await threads.end();
  for (const whole of await Promise.all(results)) assert.equal(typeof whole, "boolean");
});

test("no threads for little, nor for what is in no file", () => {
  const { layers, image } = imageOf([{ bytes: gzipSync(large) }]);
  assert.equal(openLayerThreads(image, layers, threadsOf()), undefined);
  const { fileOf: _, ...store } = image.store;
  assert.equal(openLayerThreads({ ...image, store }, layers, threadsOf(), 1), undefined);
});

test("no threads where the runtime has no WebAssembly", () => {
  const { layers, image } = imageOf([{ bytes: gzipSync(large) }]);
  const { WebAssembly: runtime } = globalThis as { WebAssembly?: unknown };
  try {
    Reflect.deleteProperty(globalThis, "WebAssembly");
    assert.equal(openLayerThreads(image, layers, threadsOf(), 1), undefined);
  } finally {
    Object.defineProperty(globalThis, "WebAssembly", { value: runtime, configurable: true, writable: true });
  }
});
