/**
 * The .xz format, as Debian's indexes come in it: one LZMA2 filter in each block (The .xz File Format 1.2.1, and the
 * LZMA specification for the coder). Node has no decoder of its own. What is read here has had its SHA-256 compared
 * already, and what comes out has it compared again, so the checks within the file (CRC32, CRC64) are passed over.
 */
import { createLzma, type Lzma } from "./lzma.ts";

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
/** Bytes of the check after each block, by the id in the stream's flags. */
const CHECK_SIZES: Readonly<Record<number, number>> = { 0: 0, 1: 4, 4: 8, 10: 32 };
const LZMA2 = 0x21;

/**
 * @param limit - bytes that may come out at most
 * @returns the content, or why there is none as the end of a sentence about the file
 */
export function readXz(bytes: Buffer, limit: number): Buffer | { readonly fault: string } {
  try {
    return decode(bytes, limit);
  } catch (error) {
    if (error instanceof RangeError) return { fault: "is broken or cut off" };
    throw error;
  }
}

function decode(bytes: Buffer, limit: number): Buffer | { readonly fault: string } {
  const lzma = createLzma(limit);
  let at = 0;
  // Streams may follow one another, with zeros in between: xz reads them all.
  do {
    const end = streamEnd(bytes, at, lzma);
    if (typeof end !== "number") return end;
    at = end;
    while (at + 4 <= bytes.length && bytes.readUInt32LE(at) === 0) at += 4;
  } while (at < bytes.length);
  return lzma.output();
}

/** Reads one stream; where its footer ends. */
function streamEnd(bytes: Buffer, start: number, lzma: Lzma): number | { readonly fault: string } {
  if (bytes.length - start < 12 || !bytes.subarray(start, start + 6).equals(MAGIC)) return { fault: "is no .xz file" };
  const checkSize = bytes[start + 6] === 0 ? CHECK_SIZES[bytes[start + 7] as number] : undefined;
  if (checkSize === undefined) return { fault: "has stream flags that are unknown" };
  let at = start + 12;
  // A size of 0 where a block's header would begin is the index: all blocks were read.
  while (byteAt(bytes, at) !== 0) {
    const end = blockEnd(bytes, at, lzma);
    if (typeof end !== "number") return end;
    at = end + ((4 - ((end - at) % 4)) % 4) + checkSize;
  }
  const index = at;
  const records = numberAt(bytes, index + 1);
  at = afterNumber(bytes, index + 1);
  for (let i = 0; i < records * 2; i++) at = afterNumber(bytes, at);
  // Padding and a checksum of the index, then the footer.
  at += ((4 - ((at - index) % 4)) % 4) + 4 + 12;
  if (at > bytes.length) throw new RangeError("cut off");
  return at;
}

/** Reads one block; where its compressed data ends. */
function blockEnd(bytes: Buffer, start: number, lzma: Lzma): number | { readonly fault: string } {
  const headerSize = (byteAt(bytes, start) + 1) * 4;
  const flags = byteAt(bytes, start + 1);
  if ((flags & 0x3f) !== 0) return { fault: "uses filters other than LZMA2 alone" };
  let at = start + 2;
  for (const stated of [flags & 0x40, flags & 0x80]) if (stated !== 0) at = afterNumber(bytes, at);
  if (byteAt(bytes, at) !== LZMA2 || byteAt(bytes, at + 1) !== 1) return { fault: "uses a filter other than LZMA2" };
  return readChunks(bytes, start + headerSize, lzma);
}

/** The chunks of LZMA2: 0 ends them, 1 and 2 are stored bytes, from 0x80 on they are compressed. */
function readChunks(bytes: Buffer, start: number, lzma: Lzma): number | { readonly fault: string } {
  let at = start;
  for (;;) {
    const control = byteAt(bytes, at);
    if (control === 0) return at + 1;
    if (control < 0x80) {
      if (control > 2) return { fault: "has a chunk of no known kind" };
      const size = word(bytes, at + 1) + 1;
      if (at + 3 + size > bytes.length) throw new RangeError("cut off");
      if (!lzma.store(bytes.subarray(at + 3, at + 3 + size), control === 1)) return tooLarge;
      at += 3 + size;
      continue;
    }
    const unpacked = ((control & 0x1f) << 16) + word(bytes, at + 1) + 1;
    const packed = word(bytes, at + 3) + 1;
    const reset = (control >> 5) & 3;
    let from = at + 5;
    if (reset >= 2) {
      if (!lzma.setProperties(byteAt(bytes, from))) return { fault: "states properties that LZMA2 has not" };
      from += 1;
    }
    if (from + packed > bytes.length) throw new RangeError("cut off");
    if (reset === 3) lzma.forget();
    if (reset >= 1) lzma.reset();
    const done = lzma.decode(bytes.subarray(from, from + packed), unpacked);
    if (done !== "done") return done === "large" ? tooLarge : { fault: "is broken" };
    at = from + packed;
  }
}

const tooLarge = { fault: "holds more than it may" } as const;

function afterNumber(bytes: Buffer, start: number): number {
  let at = start;
  while (byteAt(bytes, at) >= 0x80) at += 1;
  return at + 1;
}

function numberAt(bytes: Buffer, start: number): number {
  let value = 0;
  for (let at = start, unit = 1; ; at++, unit *= 128) {
    const byte = byteAt(bytes, at);
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) return value;
  }
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError("cut off");
  return byte;
}

function word(bytes: Buffer, at: number): number {
  return (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);
}
