/**
 * Where the frames of a zstd stream begin and end (RFC 8878, sections 3.1.1 and 3.1.2), told from their headers alone.
 * node's decoder stops silently behind the first frame of what it is handed at once, and goes on with the next frame in
 * the next piece. Runtimes read all frames, and images in the format zstd:chunked have thousands.
 */
import { bounds } from "../bounds.ts";

export interface ZstdFrames {
  /** The chunk in pieces, none of which goes over the end of a frame; skippable frames are left out. */
  split(chunk: Buffer): Buffer[];
  /** Call at the end of the input. What is wrong with it, as far as the decoder does not see it. */
  end(): string | undefined;
}

const MAGIC = 0xfd2fb528;
/** How many bytes of the frame's header follow its descriptor, by the descriptor's two fields. */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

export function isSkippable(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5; // any last digit
}

type Part =
  | "magic"
  | "skippable size"
  | "skipped"
  | "descriptor"
  | "header"
  | "block"
  | "content"
  | "checksum"
  | "broken";

/** @param most - frames; `split` throws where there are more */
export function createZstdFrames(most: number = bounds.zstdFrames): ZstdFrames {
  let part: Part = "magic";
  /** Bytes of a part that must be whole to be read, and how many are there. */
  const whole = Buffer.alloc(4);
  let have = 0;
  /** Bytes of a part that is passed over. */
  let left = 0;
  let lastBlock = false;
  let checksum = 0;
  let frames = 0;

  function pass(bytes: number, next: Part): void {
    left = bytes;
    part = next;
  }

  /** What follows a part that has come to its end. */
  function follow(): void {
    if (part === "skipped" || part === "checksum") part = "magic";
    else if (part === "header") part = "block";
    else if (!lastBlock) part = "block";
    else if (checksum > 0) pass(checksum, "checksum");
    else part = "magic";
  }

  function readWhole(): void {
    const value = whole.readUInt32LE(0);
    if (part === "skippable size") pass(value, "skipped");
    else if (part === "descriptor") {
      const single = (value >> 5) & 1;
      const sizeFlag = (value >> 6) & 3;
      const size = sizeFlag === 0 ? single : (CONTENT_SIZE_BYTES[sizeFlag] as number);
      checksum = ((value >> 2) & 1) * 4;
      pass(1 - single + (DICTIONARY_BYTES[value & 3] as number) + size, "header");
    } else {
      lastBlock = (value & 1) === 1;
      const type = (value >> 1) & 3;
      // The decoder says what is wrong with a block of no known type.
      pass(type === 1 ? 1 : (value >> 3) & 0x1fffff, type === 3 ? "broken" : "content");
    }
    if (left === 0 && (part === "skipped" || part === "header" || part === "content")) follow();
  }

  function split(chunk: Buffer): Buffer[] {
    const pieces: Buffer[] = [];
    let at = 0;
    /** Where what was not handed on yet begins. */
    let from = 0;
    while (at < chunk.length) {
      if (part === "broken") break;
      if (part === "skipped" || part === "header" || part === "content" || part === "checksum") {
        const take = Math.min(left, chunk.length - at);
        left -= take;
        at += take;
        if (part === "skipped") from = at;
        if (left === 0) follow();
        continue;
      }
      if (have === 0) {
        whole.fill(0);
        if (part === "magic") {
          if (at > from) pieces.push(chunk.subarray(from, at));
          from = at;
        }
      }
      whole[have++] = chunk[at++] as number;
      if (have < lengthOf(part)) {
        // What is not known to be a frame yet waits here.
        if (at === chunk.length && part === "magic") from = at;
        continue;
      }
      have = 0;
      if (part !== "magic") {
        if (part === "skippable size") from = at;
        readWhole();
        continue;
      }
      frames += 1;
      if (frames > most) throw brokenFrames(`more than ${most} frames`);
      const magic = whole.readUInt32LE(0);
      part = isSkippable(magic) ? "skippable size" : magic === MAGIC ? "descriptor" : "broken";
      if (part === "skippable size") from = at;
      else if (at - from < whole.length) {
        // It began in the chunk before.
        pieces.push(Buffer.from(whole));
        from = at;
      }
    }
    const held = part === "skippable size" || part === "skipped" || (part === "magic" && have > 0);
    if (!held && from < chunk.length) pieces.push(chunk.subarray(from));
    return pieces;
  }

  return {
    split,
    end() {
      return part === "skipped" || part === "skippable size" || (part === "magic" && have > 0)
        ? "it ends inside a frame"
        : undefined;
    },
  };
}

function lengthOf(part: Part): number {
  return part === "descriptor" ? 1 : part === "block" ? 3 : 4;
}

/** The pieces of a source. They must reach the decoder as they are, one a write. */
export async function* zstdPieces(source: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = createZstdFrames();
  for await (const chunk of source) yield* frames.split(chunk);
  const cause = frames.end();
  if (cause !== undefined) throw brokenFrames(cause);
}

/** With a code, as errors of the decoder have one. */
export function brokenFrames(cause: string): Error {
  return Object.assign(new Error(cause), { code: "ZSTD_frames" });
}
