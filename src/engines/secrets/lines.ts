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
}

const LINE_FEED = 0x0a;

export function createLineCounter(): LineCounter {
  let at = 0;
  let line = 1;
  let column = 1;
  return {
    moveTo(offset, bytes, base) {
      const end = offset - base;
      let lineStart = -1;
      for (let i = bytes.indexOf(LINE_FEED, at - base); i >= 0 && i < end; i = bytes.indexOf(LINE_FEED, i + 1)) {
        line += 1;
        lineStart = i + 1;
      }
      if (lineStart >= 0) column = 1;
      for (let i = lineStart >= 0 ? lineStart : at - base; i < end; i++) {
        if (((bytes[i] as number) & 0xc0) !== 0x80) column += 1;
      }
      at = offset;
      return { line, column };
    },
  };
}

/** Where one is in a text that comes in pieces, from its start. */
export interface ReadingPlace extends Place {
  /** Bytes before it. */
  readonly offset: number;
}

export interface ReadingPlaceCounter {
  pass(bytes: Uint8Array): void;
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
    now: () => place,
  };
}
