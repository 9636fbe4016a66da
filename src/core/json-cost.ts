/** What a JSON text would become in memory, told before it is parsed. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export interface JsonLimits {
  /** Levels of lists and objects. */
  readonly depth: number;
  /** Absent: only the text's own length bounds them. */
  readonly values?: number;
}

/** What one pass over the bytes finds out. */
export interface JsonMeasure {
  /** Which limit it is over; nothing else is known then. */
  readonly over?: keyof JsonLimits;
  /** How many keys are written in a text that is JSON, however often each. */
  readonly keys: number;
}

/**
 * One pass over the bytes. A hundred megabytes of `{},` are parsed into gigabytes of objects, so values and depth are
 * counted first; a text that is no JSON may be counted wrongly and is refused by the parser.
 */
export function measureJson(
  bytes: Uint8Array,
  { depth: mostDepth, values: mostValues = Number.POSITIVE_INFINITY }: JsonLimits,
): JsonMeasure {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let depth = 0;
  let values = 0;
  let keys = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case QUOTE:
        at = endOfString(text, at + 1);
        break;
      case COLON:
        keys += 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        values += 1;
        if (depth > mostDepth) return { over: "depth", keys };
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
    }
    if (values > mostValues) return { over: "values", keys };
  }
  return { keys };
}

/** @returns which limit it is over, or undefined */
export function overJsonLimit(bytes: Uint8Array, limits: JsonLimits): keyof JsonLimits | undefined {
  return measureJson(bytes, limits).over;
}

/** How many keys are written in a text that is JSON, however often each. */
export function writtenKeys(bytes: Uint8Array): number {
  return measureJson(bytes, { depth: Number.POSITIVE_INFINITY }).keys;
}

/** Most strings are keys and short values: a loop is at their end before a search has begun. */
const SHORT = 48;

/** The closing quote: the first that an even number of backslashes stands before. */
function endOfString(bytes: Buffer, start: number): number {
  const soon = Math.min(bytes.length, start + SHORT);
  let from = start;
  while (from < soon) {
    const byte = bytes[from];
    if (byte === QUOTE) return from;
    from += byte === BACKSLASH ? 2 : 1;
  }
  // What is escaped there stands before `from`.
  for (let at = bytes.indexOf(QUOTE, from); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let escapes = 0;
    while (bytes[at - 1 - escapes] === BACKSLASH && at - 1 - escapes >= from) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return bytes.length;
}
