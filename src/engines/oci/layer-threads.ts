/**
 * Layers that other threads read (layer-file.ts), while this one looks at what is in them. Whatever they do not bring whole is read
 * by readLayer as it always was, so that it is told alike what is wrong with a layer.
 */

import { createHash, type Hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { digestAlgorithm } from "../../core/digest.ts";
import type { Threads } from "../../core/threads.ts";
import { type ContentMemory, createContentRoom } from "./content-memory.ts";
import type { OpenImage } from "./image.ts";
import type { ReadLayerOptions } from "./layer.ts";
import type { LayerThreadStart, ThreadLayer } from "./layer-thread.ts";
import type { Layer } from "./model.ts";
import { type Bell, createBell, createRing, pieceReader, type Ring, ring } from "./piece-ring.ts";
import { createTarWalker, type TarVisitor } from "./tar.ts";

/**
 * Two would do for two cores, of which this thread needs less than a half; layers are never even, and the third fills in where one
 * of them ends.
 */
const MOST_THREADS = 3;
/** It costs as much of the processor as inflating this many stored bytes. */
const WORTH = 24 * 1024 * 1024;
/** Pieces after which others have their turn. */
const YIELD = 32;

export interface LayerThreads {
  /**
   * Hands every entry of the layer to `visitor`, as readLayer does.
   *
   * @returns false where nothing of it counts, and the layer is to be read by readLayer: it is broken, in no file, or nobody is
   *   free to read it
   */
  read(layer: Layer, visitor: TarVisitor, options: Pick<ReadLayerOptions, "signal" | "onProgress">): Promise<boolean>;
  /** Ends the threads, and what is under way. */
  end(): Promise<void>;
}

/**
 * Starts threads at once.
 *
 * @param unread - the layers that are to be read
 * @param worth - stored bytes that are worth the start of a thread
 * @returns undefined where threads are not worth their start
 */
export function openLayerThreads(
  { store }: OpenImage,
  unread: readonly Layer[],
  threads: Threads,
  worth: number = WORTH,
): LayerThreads | undefined {
  if (store.fileOf === undefined) return undefined;
  const total = unread.reduce((sum, { size }) => sum + size, 0);
  const count = Math.min(MOST_THREADS, unread.length, Math.floor(total / worth));
  if (count === 0) return undefined;
  const bell = createBell();
  const rings = Array.from({ length: count }, createRing).filter((ring) => ring !== undefined);
  if (rings.length === 0) return undefined;
  const lanes = rings.map((ring) => openLane(threads, ring, bell));
  const pump = createPump(lanes, bell);
  const contents = createContentRoom();
  return {
    async read(layer, visitor, { signal, onProgress }) {
      const file = await store.fileOf?.(layer.digest).catch(() => undefined);
      const lane = lanes.find((one) => one.isFree());
      if (file === undefined || lane === undefined || signal?.aborted) return false;
      // The one that all others together are shorter than is hashed by this thread, which would wait for it.
      const hashesContent = layer.size <= total / 2;
      const reading = createReading(layer, visitor, contents.open(), hashesContent, onProgress);
      const onAbort = () => reading.leave();
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        const whole = lane.read({ layer, file, hashesContent }, reading);
        void pump();
        return (await whole) && reading.isWhole();
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
    },
    async end() {
      for (const lane of lanes) lane.end();
      await Promise.all(lanes.map(({ ended }) => ended));
    },
  };
}

/** What is made of the pieces of a layer. */
interface Reading {
  /** @returns false where it waits for memory, and is to be handed the same piece again */
  take(bytes: Buffer, stored: number): boolean;
  /** True once something in it is not as it should be, or nobody wants it any more. */
  isLeft(): boolean;
  leave(): void;
  isWhole(): boolean;
  /** Nothing more comes. */
  end(): void;
}

function createReading(
  layer: Layer,
  visitor: TarVisitor,
  memory: ContentMemory,
  isHashed: boolean,
  onProgress: ReadLayerOptions["onProgress"],
): Reading {
  const walker = createTarWalker("layer", visitor, memory);
  const hash: Hash | undefined = isHashed ? undefined : createHash(digestAlgorithm(layer.diffId));
  let isLeft = false;
  /** Bytes of the present piece that were taken. */
  let taken = 0;
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch {
      isLeft = true;
    }
  };
  return {
    take(bytes, stored) {
      guarded(() => {
        if (isLeft) return;
        if (taken === 0) hash?.update(bytes);
        taken += walker.write(taken === 0 ? bytes : bytes.subarray(taken));
        if (taken === bytes.length) onProgress?.(stored);
      });
      if (!isLeft && taken < bytes.length) return false;
      taken = 0;
      return true;
    },
    isLeft: () => isLeft,
    leave() {
      isLeft = true;
    },
    isWhole() {
      guarded(() => walker.end());
      return (
        !isLeft && (hash === undefined || `${digestAlgorithm(layer.diffId)}:${hash.digest("hex")}` === layer.diffId)
      );
    },
    end: () => memory.end(),
  };
}

/** A thread with the ring that its pieces come by. */
interface Lane {
  isFree(): boolean;
  isBusy(): boolean;
  /** One at a time. @returns whether the thread read it whole */
  read(layer: Omit<ThreadLayer, "number">, reading: Reading): Promise<boolean>;
  /** Looks at the pieces that are there. @returns how many there were */
  take(most: number): number;
  /** What is under way is left, which `read` tells once the thread has left it as well. */
  end(): void;
  readonly ended: Promise<void>;
}

function openLane(threads: Threads, memory: Ring, bell: Bell): Lane {
  const pieces = pieceReader(memory);
  const { port1, port2 } = new MessageChannel();
  const start: LayerThreadStart = { port: port2, ring: memory, bell };
  let number = 0;
  let current: { readonly reading: Reading; readonly done: (isWhole: boolean) => void } | undefined;
  let isOver = false;

  function finish(isWhole: boolean): void {
    const ended = current;
    current = undefined;
    // Before others are looked after, who may wait for its memory.
    ended?.reading.end();
    ended?.done(isWhole);
  }

  // What a thread that breaks off has not brought, readLayer reads.
  const ended = threads
    .run("layers", start, () => {}, [port2])
    .catch(() => {})
    .then(() => {
      isOver = true;
      port1.close();
      finish(false);
      ring(bell);
    });

  return {
    ended,
    isFree: () => !isOver && current === undefined,
    isBusy: () => current !== undefined,
    read(layer, reading) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      number += 1;
      current = { reading, done: resolve };
      port1.postMessage({ ...layer, number } satisfies ThreadLayer);
      return promise;
    },
    take(most) {
      let count = 0;
      for (; count < most && current !== undefined; count++) {
        const piece = pieces.next();
        if (piece === undefined) break;
        if (typeof piece === "object" && !current.reading.take(piece.bytes, piece.stored)) break;
        pieces.taken();
        if (typeof piece === "string") finish(piece === "whole");
        else if (current.reading.isLeft()) pieces.unwanted(number);
      }
      return count;
    },
    end() {
      current?.reading.leave();
      pieces.unwanted(number);
      port1.close();
    },
  };
}

/** Looks at what comes by any of the lanes, as long as something is under way. */
function createPump(lanes: readonly Lane[], bell: Bell): () => Promise<void> {
  let isRunning = false;
  return async () => {
    if (isRunning) return;
    isRunning = true;
    while (lanes.some((lane) => lane.isBusy())) {
      const rung = Atomics.load(bell, 0);
      let count = 0;
      for (const lane of lanes) count += lane.take(YIELD);
      if (count > 0) await setImmediate();
      else await Atomics.waitAsync(bell, 0, rung).value;
    }
    // At once: whoever begins with another layer right now must find that nobody looks.
    isRunning = false;
  };
}
