/** Streams of events of system calls, told by their first bytes: captures, gzipped or not. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { CaptureReader, isCapture } from "./capture/read.ts";
import type { SyscallSink } from "./sink.ts";

/** Bytes at once: at zlib's default of 16 KiB, gunzip runs at half its speed. */
const CHUNK = 256 * 1024;

/** Bytes that tell what a stream is. */
const TELLING_BYTES = 8;

/** What reads a stream piece by piece. */
export interface EventReader {
  /** @throws Problem */
  push(chunk: Buffer): void;
  /** The stream is over. @throws Problem where it was cut */
  end(): void;
}

/**
 * Reads a stream to its end, in memory that does not grow with it.
 *
 * @param place - how it is named to the user
 * @throws Problem `events.broken`, `events.unsupported`, `events.over-bound`: all that stood before went to the sink
 */
export async function readEvents(chunks: AsyncIterable<Uint8Array>, place: string, sink: SyscallSink): Promise<void> {
  const { start, all } = await peek(chunks);
  const gzipped = start[0] === 0x1f && start[1] === 0x8b;
  if (!gzipped) return consume(all, start, place, sink);
  try {
    await pipeline(Readable.from(all), createGunzip({ chunkSize: CHUNK }), async (plain: AsyncIterable<Buffer>) => {
      const inner = await peek(plain);
      await consume(inner.all, inner.start, place, sink);
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    const cause = error instanceof Error ? `gunzip: ${error.message}` : "gunzip failed";
    throw new Problem({ kind: "input", code: "events.broken", place, cause }, { cause: error });
  }
}

async function consume(chunks: AsyncIterable<Buffer>, start: Buffer, place: string, sink: SyscallSink): Promise<void> {
  const reader = readerOf(start, place, sink);
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > bounds.captureBytes)
      throw new Problem({
        kind: "input",
        code: "events.over-bound",
        place,
        cause: `the stream is over the bound of ${bounds.captureBytes} bytes`,
      });
    reader.push(chunk);
  }
  reader.end();
}

/** @throws Problem `events.unsupported` for what is no stream of such events */
export function readerOf(start: Buffer, place: string, sink: SyscallSink): EventReader {
  if (isCapture(start)) return new CaptureReader(place, sink);
  throw new Problem({
    kind: "input",
    code: "events.unsupported",
    place,
    cause: "it is neither a capture nor another stream of events that is known",
  });
}

/** The first bytes, and all of it. */
async function peek(chunks: AsyncIterable<Uint8Array>): Promise<{ start: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  while (size < TELLING_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    const { buffer, byteOffset, byteLength } = next.value;
    first.push(Buffer.from(buffer, byteOffset, byteLength));
    size += byteLength;
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield* first;
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
  }
  return { start: Buffer.concat(first).subarray(0, TELLING_BYTES), all: all() };
}
