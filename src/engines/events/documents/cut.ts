/** Where one JSON value ends and the next begins, told from the bytes alone: nothing is parsed. */

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Whether each bracket and each string that these bytes open is closed in them, as in a line that holds whole values. */
export function isBalanced(bytes: Uint8Array): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
  }
  return depth === 0 && !inText;
}

/** What gets the values, cut: the bytes of each, or undefined for one over the limit; and the line on which it begins. */
export type OnCut = (bytes: Buffer | undefined, line: number) => void;

export interface Cutter {
  write(chunk: Buffer): void;
  end(): void;
}

/** A value a line. @param line - of the first */
export function cutLines(limit: number, onCut: OnCut, line = 1): Cutter {
  const held = holding(limit);
  const cut = () => {
    if (!held.isEmpty()) onCut(held.take(), line);
    held.clear();
    line += 1;
  };
  return {
    write(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        held.add(chunk, start, end);
        cut();
        start = end + 1;
      }
      held.add(chunk, start, chunk.length);
    },
    end: cut,
  };
}

/**
 * Values over any number of lines, one behind the other; of a list that holds all of them, each by itself: one that is longer
 * than memory is read like any other. Brackets are counted and not matched: the parser refuses what does not match.
 *
 * @param line - of the first
 */
export function cutValues(limit: number, onCut: OnCut, line = 1): Cutter {
  const held = holding(limit);
  let depth = 0;
  /** In a list that holds the values: they begin one level deeper. */
  let ground = 0;
  let inText = false;
  let escaped = false;
  let startLine = line;

  const cut = () => {
    if (!held.isEmpty()) onCut(held.take(), startLine);
    held.clear();
  };

  function write(chunk: Buffer): void {
    let start = 0;
    const take = (end: number) => {
      held.add(chunk, start, end);
      start = end;
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (inText) {
        if (byte === NEWLINE) line += 1;
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
        continue;
      }
      switch (byte) {
        case NEWLINE:
          line += 1;
          break;
        case QUOTE:
          inText = true;
          if (depth === ground && held.isEmpty()) startLine = line;
          break;
        case OPEN_BRACKET:
        case OPEN_BRACE:
          if (depth === ground) {
            if (byte === OPEN_BRACKET && ground === 0) {
              take(at);
              cut();
              start = at + 1;
              ground = 1;
            } else startLine = line;
          }
          depth += 1;
          break;
        case CLOSE_BRACKET:
        case CLOSE_BRACE:
          depth -= 1;
          if (depth < ground) {
            // The list that held the values is over; or a bracket closes what none opened, which the parser shall see.
            take(ground === 1 ? at : at + 1);
            cut();
            start = at + 1;
            ground = 0;
            depth = 0;
          } else if (depth === ground) {
            take(at + 1);
            cut();
          }
          break;
        case COMMA:
          if (depth !== ground || ground === 0) break;
          take(at);
          cut();
          start = at + 1;
      }
    }
    take(chunk.length);
  }

  return { write, end: cut };
}

interface Held {
  add(chunk: Buffer, start: number, end: number): void;
  /** True while nothing but blanks came. */
  isEmpty(): boolean;
  /** All of it, or undefined where it is over the limit. */
  take(): Buffer | undefined;
  clear(): void;
}

/** Bytes of one value; of one over the limit nothing is kept. */
function holding(limit: number): Held {
  let pieces: Buffer[] = [];
  let size = 0;
  return {
    add(chunk, start, end) {
      let from = start;
      if (size === 0) while (from < end && isBlank(chunk[from])) from += 1;
      if (from >= end) return;
      size += end - from;
      if (size > limit) pieces = [];
      else pieces.push(chunk.subarray(from, end));
    },
    isEmpty: () => size === 0,
    take() {
      if (size > limit) return undefined;
      return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, size);
    },
    clear() {
      pieces = [];
      size = 0;
    },
  };
}
