/** The bodies that a server is being sent. */
import type { IncomingMessage } from "node:http";
import type { Limits } from "./server-model.ts";

/** The whole body; or the beginning of one that is over the bound; or why there is none. */
export type ReceivedBody = Buffer | { readonly beginning: Buffer } | "no-room" | "gone";

export interface Receiving {
  /** @param one - bytes of this body, where more are not wanted anyway */
  receive(request: IncomingMessage, one?: number): Promise<ReceivedBody>;
  /** Of a body that nobody reads any more. */
  release(body: Buffer): void;
}

/**
 * Memory of bodies, used again: each body as memory of its own is soon garbage that the heap's collector does not see the size
 * of, and by which it is called ten times as often.
 */
const RECYCLED = { bytes: 64 * 1024, buffers: 64 } as const;

/** Bytes that tell whose body it is. */
const BEGINNING = 4 * 1024;

interface Reading {
  readonly chunks: Buffer[];
  size: number;
  end(outcome: ReceivedBody): void;
}

/**
 * What is counted is what has come, not what was announced: announcing costs nothing. Where all together are over the limit,
 * the body that has taken the longest is given up, so that slow clients cannot hold the room against quick ones.
 *
 * @param limits - bytes of one, and of all together
 * @param recycles - a body's bytes are another's once it is released
 */
export function createReceiving(limits: { readonly one: number; readonly all: number }, recycles = false): Receiving {
  const readings = new Set<Reading>();
  const free: Buffer[] = [];
  const lent = new Map<ArrayBufferLike, Buffer>();
  let held = 0;

  function makeRoom(): void {
    for (const oldest of readings) {
      if (held <= limits.all) return;
      oldest.end("no-room");
    }
  }

  function joined({ chunks, size }: Reading): Buffer {
    if (!recycles || size > RECYCLED.bytes) return Buffer.concat(chunks, size);
    const whole = free.pop() ?? Buffer.allocUnsafeSlow(RECYCLED.bytes);
    lent.set(whole.buffer, whole);
    let at = 0;
    for (const chunk of chunks) at += chunk.copy(whole, at);
    return whole.subarray(0, size);
  }

  return {
    release({ buffer }) {
      const whole = lent.get(buffer);
      if (!lent.delete(buffer) || whole === undefined) return;
      if (free.length < RECYCLED.buffers) free.push(whole);
    },
    receive(request, one = limits.one) {
      const { promise, resolve } = Promise.withResolvers<ReceivedBody>();
      const onData = (chunk: Buffer) => {
        reading.size += chunk.length;
        held += chunk.length;
        reading.chunks.push(chunk);
        if (reading.size > one) return reading.end({ beginning: Buffer.concat(reading.chunks).subarray(0, BEGINNING) });
        if (held > limits.all) makeRoom();
      };
      const onEnd = () => reading.end(reading.chunks.length === 1 ? (reading.chunks[0] as Buffer) : joined(reading));
      const onClose = () => reading.end("gone");
      const reading: Reading = {
        chunks: [],
        size: 0,
        end(outcome) {
          if (!readings.delete(reading)) return;
          held -= reading.size;
          reading.chunks.length = 0;
          request.off("data", onData).off("end", onEnd).off("close", onClose);
          resolve(outcome);
        },
      };
      readings.add(reading);
      request.on("data", onData).on("end", onEnd).on("close", onClose);
      return promise;
    },
  };
}

/**
 * A client that is still sending reads no answer where its connection ends: it is answered after its body, or after as much of it
 * as is read.
 *
 * @returns whether that was all
 */
export function readOff(
  request: IncomingMessage,
  { unwantedBytes, unwantedMilliseconds }: Pick<Limits, "unwantedBytes" | "unwantedMilliseconds">,
): Promise<boolean> {
  if (request.complete || request.destroyed) return Promise.resolve(true);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, unwantedMilliseconds, false);
  const end = (isRead: boolean) => {
    clearTimeout(timer);
    resolve(isRead);
  };
  let size = 0;
  request.on("end", () => end(true)).on("close", () => end(true));
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > unwantedBytes) end(false);
  });
  // Whoever had it before may have held it back.
  request.resume();
  return promise;
}
