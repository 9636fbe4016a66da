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

/**
 * One pass over the bytes. A hundred megabytes of `{},` are parsed into gigabytes of objects, so values and depth are
 * counted first; a text that is no JSON may be counted wrongly and is refused by the parser.
 *
 * @returns which limit it is over, or undefined
 */
export function overJsonLimit(
  bytes: Uint8Array,
  { depth: mostDepth, values: mostValues = Number.POSITIVE_INFINITY }: JsonLimits,
): keyof JsonLimits | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case QUOTE:
        at = endOfString(text, at + 1);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        values += 1;
        if (depth > mostDepth) return "depth";
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
    }
    if (values > mostValues) return "values";
  }
  return undefined;
}

/** How many keys are written in a text that is JSON, however often each. */
export function writtenKeys(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let keys = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === QUOTE) at = endOfString(text, at + 1);
    else if (byte === COLON) keys += 1;
  }
  return keys;
}

/** The closing quote: the first that an even number of backslashes stands before. */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let escapes = 0;
    while (bytes[at - 1 - escapes] === BACKSLASH && at - 1 - escapes >= start) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return bytes.length;
}
