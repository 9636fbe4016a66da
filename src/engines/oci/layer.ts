/**
 * Reads one layer in one pass: stored bytes → digest check → decompression → diffID check → tar entries.
 */
import { createHash, type Hash } from "node:crypto";
import type { Readable } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import { digestAlgorithm } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import { release } from "../../core/release.ts";
import { createZstdFrames, type ZstdFrames } from "../../formats/zstd/frames.ts";
import type { BlobStore } from "./blob.ts";
import { bounds } from "./bounds.ts";
import { type Compression, compressionOf } from "./compression.ts";
import { createGzipInflater, type GzipInflater } from "./gzip-members.ts";
import type { Layer } from "./model.ts";
import { createTarWalker, type TarVisitor } from "./tar.ts";

/** Inflating into large chunks halves its cost against node:zlib's default of 16 KiB; each chunk wakes a thread. */
const CHUNK = 1024 * 1024;

export interface LayerRead {
  /** Bytes, decompressed. */
  readonly size: number;
}

export interface ReadLayerOptions {
  readonly signal?: AbortSignal;
  /** Called with the stored bytes read so far. */
  readonly onProgress?: (storedBytes: number) => void;
  /** Decompressed; bounds.layerBytes where absent. */
  readonly maxBytes?: number;
}

/**
 * Hands every entry of the layer to `visitor`. What the visitor was given counts only once this returns: the digests
 * are known at the end of the bytes.
 *
 * @throws Problem `oci.digest-mismatch`, `oci.diffid-mismatch`, `oci.layer` (cannot be decompressed, over a bound),
 *   `oci.tar`, and what the store throws
 */
export async function readLayer(
  store: BlobStore,
  layer: Layer,
  visitor: TarVisitor,
  options: ReadLayerOptions = {},
): Promise<LayerRead> {
  const place = `layer ${layer.index + 1} of ${store.place}`;
  const stored = await store.open(layer);
  const storedHash = createHash(digestAlgorithm(layer.digest));
  const walker = createTarWalker(place, visitor);
  const maxBytes = options.maxBytes ?? bounds.layerBytes;
  let storedBytes = 0;
  let size = 0;
  let contentHash: Hash | undefined;
  let broken: Problem | undefined;

  function content(chunk: Buffer): void {
    size += chunk.length;
    if (size > maxBytes) {
      throw new Problem({
        kind: "input",
        code: "oci.layer",
        place,
        cause: `it holds more than ${maxBytes} bytes once decompressed`,
      });
    }
    contentHash?.update(chunk);
    if (broken !== undefined) return;
    try {
      walker.write(chunk);
    } catch (error) {
      // Content that has another digest explains what is broken in it; what is over a bound is not read on.
      if (contentHash === undefined || !(error instanceof Problem) || error.code !== "oci.tar") throw error;
      broken = error;
    }
  }

  function storedChunk(chunk: Buffer): void {
    storedBytes += chunk.length;
    if (storedBytes > layer.size) throw mismatch(place, "more bytes are stored than its descriptor says");
    storedHash.update(chunk);
    options.onProgress?.(storedBytes);
  }

  const failure = await pump(stored, {
    place,
    stored: storedChunk,
    content,
    used: store.handsOver ? release : () => {},
    onCompression(compression) {
      // A plain layer's two digests are over the same bytes: one hash serves.
      if (compression === "none" && layer.diffId === layer.digest) return;
      contentHash = createHash(digestAlgorithm(layer.diffId));
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });

  const digest = `${digestAlgorithm(layer.digest)}:${storedHash.digest("hex")}`;
  if (digest !== layer.digest)
    throw mismatch(place, `its bytes have digest ${digest}, the manifest says ${layer.digest}`);
  if (failure !== undefined) throw failure;
  if (contentHash !== undefined) {
    const diffId = `${digestAlgorithm(layer.diffId)}:${contentHash.digest("hex")}`;
    if (diffId !== layer.diffId) {
      throw new Problem({
        kind: "input",
        code: "oci.diffid-mismatch",
        place,
        cause: `its content has diffID ${diffId}, the image's config says ${layer.diffId}`,
      });
    }
  }
  if (broken !== undefined) throw broken;
  walker.end();
  return { size };
}

function mismatch(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "oci.digest-mismatch", place, cause });
}

interface PumpTargets {
  readonly place: string;
  readonly signal?: AbortSignal;
  stored(chunk: Buffer): void;
  content(chunk: Buffer): void;
  onCompression(compression: Compression): void;
  /** Nothing looks at these stored bytes any more. */
  used(chunk: Buffer): void;
}

/**
 * Moves the bytes by hand instead of through stream.pipeline: inflation then runs on the thread pool while this thread
 * hashes and walks the chunk before.
 *
 * Rejects where the stored bytes cannot be had. What is wrong with the content is returned instead, after the stored
 * bytes were read to their end: a digest that does not fit explains broken content better than the content does.
 */
async function pump(stored: Readable, targets: PumpTargets): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let inflate: Inflater | undefined;
  let frames: ZstdFrames | undefined;
  let failure: unknown;
  /** Nobody waits any more: what still arrives is for nobody. */
  let over = false;
  /** The first four bytes decide on the compression; a registry may send fewer in its first chunk. */
  let start: Buffer | undefined = EMPTY;

  function contentFailed(error: unknown): void {
    failure ??= error;
    inflate?.destroy();
    stored.resume();
    if (stored.readableEnded) resolve();
  }

  function content(chunk: Buffer): void {
    if (failure !== undefined || over) return;
    try {
      targets.content(chunk);
    } catch (error) {
      contentFailed(error);
    }
  }

  /** node:zlib goes on in a buffer until it is full: the chunk at its end is the last one to use it. */
  function inflated(chunk: Buffer): void {
    content(chunk);
    if (chunk.byteOffset + chunk.length === chunk.buffer.byteLength) release(Buffer.from(chunk.buffer));
  }

  function begin(chunk: Buffer): void {
    start = undefined;
    const compression = compressionOf(chunk);
    targets.onCompression(compression);
    if (compression === "none") return;
    if (compression === "zstd") frames = createZstdFrames();
    inflate = compression === "gzip" ? createGzipInflater(CHUNK) : createZstdDecompress({ chunkSize: CHUNK });
    // node:zlib emits a chunk before it starts on the next: looking at it a tick later lets the thread pool go on.
    inflate.on("data", (chunk: Buffer) => process.nextTick(inflated, chunk));
    inflate.on("drain", () => stored.resume());
    inflate.on("end", () => process.nextTick(resolve));
    inflate.on("error", broken);
  }

  function broken(error: Error): void {
    const cause = `cannot be decompressed: ${error.message}`;
    contentFailed(new Problem({ kind: "input", code: "oci.layer", place: targets.place, cause }, { cause: error }));
  }

  function pass(chunk: Buffer): void {
    if (failure !== undefined) return;
    if (inflate === undefined) content(chunk);
    else if (frames !== undefined) passFrames(inflate, frames, chunk);
    else if (!inflate.write(chunk, () => targets.used(chunk))) stored.pause();
  }

  function passFrames(into: Inflater, of: ZstdFrames, chunk: Buffer): void {
    let pieces: Buffer[];
    try {
      pieces = of.split(chunk);
    } catch (error) {
      broken(error as Error);
      return;
    }
    const last = pieces.pop();
    for (const piece of pieces) into.write(piece, () => {});
    if (last === undefined) targets.used(chunk);
    else if (!into.write(last, () => targets.used(chunk))) stored.pause();
  }

  stored.on("data", (bytes: Buffer) => {
    try {
      targets.stored(bytes);
    } catch (error) {
      reject(error);
      return;
    }
    if (start === undefined) return pass(bytes);
    const chunk = start.length === 0 ? bytes : Buffer.concat([start, bytes]);
    if (chunk.length < 4) start = chunk;
    else {
      begin(chunk);
      pass(chunk);
    }
  });
  stored.on("error", reject);
  stored.on("close", () => {
    if (!stored.readableEnded) reject(mismatch(targets.place, "its bytes end early"));
  });
  stored.on("end", () => {
    if (start !== undefined) {
      const chunk = start;
      begin(chunk);
      pass(chunk);
    }
    const cut = failure === undefined ? frames?.end() : undefined;
    if (cut !== undefined) broken(new Error(cut));
    if (inflate === undefined || failure !== undefined) resolve();
    else inflate.end();
  });

  const onAbort = () => reject(targets.signal?.reason);
  if (targets.signal?.aborted) onAbort();
  targets.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await promise;
    return failure;
  } finally {
    over = true;
    targets.signal?.removeEventListener("abort", onAbort);
    stored.destroy();
    inflate?.destroy();
  }
}

type Inflater = GzipInflater | ReturnType<typeof createZstdDecompress>;

const EMPTY = Buffer.alloc(0);
