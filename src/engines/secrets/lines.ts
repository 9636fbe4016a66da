/** Lines and columns of offsets in a stream of which only a stretch is held. */

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (bytes that continue one in UTF-8 do not count). */
  readonly column: number;
}

export interface LineCounter {
  /**
   * Moves on to an offset, which never goes back.
   *
   * @param bytes - the stretch that is held
   * @param base - the offset of its first byte in the stream
   */
  moveTo(offset: number, bytes: Uint8Array, base: number): Place;
  /**
   * The same without columns: what is no text may have no line that ends.
   *
   * @returns the line
   */
  moveLineTo(offset: number, bytes: Uint8Array, base: number): number;
  /** Whether it was moved. */
  isUsed(): boolean;
  /** The same without counting: from there on lines tell no more than which of them is which. */
  leave(offset: number): void;
}

const LINE_FEED = 0x0a;

export function createLineCounter(): LineCounter {
  let at = 0;
  let line = 1;
  let column = 1;
  return {
    moveTo(offset, bytes, base) {
      const end = offset - base;
      const ended = lineFeedsIn(bytes, at - base, end);
      line += ended;
      if (ended > 0) column = 1;
      for (let i = ended > 0 ? bytes.lastIndexOf(LINE_FEED, end - 1) + 1 : at - base; i < end; i++) {
        if (((bytes[i] as number) & 0xc0) !== 0x80) column += 1;
      }
      at = offset;
      return { line, column };
    },
    moveLineTo(offset, bytes, base) {
      line += lineFeedsIn(bytes, at - base, offset - base);
      at = offset;
      return line;
    },
    isUsed: () => at > 0,
    leave(offset) {
      at = offset;
    },
  };
}

/** Shorter stretches are counted byte by byte. */
const WORTH_WORDS = 64;
const FOUR_LINE_FEEDS = 0x0a0a0a0a;
const LOW_BITS = 0x7f7f7f7f;

/** Four bytes at a time: of a large file all lines are counted, also where nothing is found in it. */
function lineFeedsIn(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  let at = from;
  const untilAligned = -(bytes.byteOffset + from) & 3;
  if (to - from > WORTH_WORDS) {
    for (const end = from + untilAligned; at < end; at++) if (bytes[at] === LINE_FEED) count += 1;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (to - at) >> 2);
    for (let i = 0; i < words.length; ) {
      /** A count in each byte, which has room for as many as that. */
      let counts = 0;
      for (const end = Math.min(words.length, i + 0xff); i < end; i++) {
        const others = (words[i] as number) ^ FOUR_LINE_FEEDS;
        // The highest bit of each byte that is zero, as no carry crosses bytes.
        counts += ~(((others & LOW_BITS) + LOW_BITS) | 0 | others | LOW_BITS) >>> 7;
      }
      count += (counts & 0xff) + ((counts >>> 8) & 0xff) + ((counts >>> 16) & 0xff) + (counts >>> 24);
    }
    at += words.length * 4;
  }
  for (; at < to; at++) if (bytes[at] === LINE_FEED) count += 1;
  return count;
}

/** Where one is in a text that comes in pieces, from its start. */
export interface ReadingPlace extends Place {
  /** Bytes before it. */
  readonly offset: number;
}

export interface ReadingPlaceCounter {
  pass(bytes: Uint8Array): void;
  /** The same for bytes whose lines nobody asks for. */
  leave(length: number): void;
  now(): ReadingPlace;
}

export function createReadingPlace(): ReadingPlaceCounter {
  const lines = createLineCounter();
  let place: ReadingPlace = { line: 1, column: 1, offset: 0 };
  return {
    pass(bytes) {
      const offset = place.offset + bytes.length;
      place = { ...lines.moveTo(offset, bytes, place.offset), offset };
    },
    leave(length) {
      place = { ...place, offset: place.offset + length };
      lines.leave(place.offset);
    },
    now: () => place,
  };
}
