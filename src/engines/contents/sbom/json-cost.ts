/** What a JSON text would become in memory, told before it is parsed. */
import { bounds } from "./bounds.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * One pass over the bytes. A hundred megabytes of `{},` are parsed into gigabytes of objects, so values and depth are
 * counted first; a text that is no JSON may be counted wrongly and is refused by the parser.
 *
 * @returns why it is not to be parsed, or undefined
 */
export function tooCostly(bytes: Buffer): string | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at + 1);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        values += 1;
        if (depth > bounds.sbomJsonDepth) return `its values are nested deeper than ${bounds.sbomJsonDepth}`;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
    }
    if (values > bounds.sbomValues) return `more than ${bounds.sbomValues} values`;
  }
  return undefined;
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
