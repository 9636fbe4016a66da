/** Collections in braces or brackets: all of JSON, too. */
import type { Composer } from "./composer.ts";
import { countValue, type Lines, refuseDepth, withoutWhite } from "./lines.ts";
import { refuseIndicator } from "./plain.ts";
import { isQuote, quotedAt } from "./quoted.ts";

const OPEN_MAP = 123;
const CLOSE_MAP = 125;
const OPEN_SEQUENCE = 91;
const CLOSE_SEQUENCE = 93;
const COMMA = 44;
const COLON = 58;
const HASH = 35;
const QUESTION = 63;

/**
 * The collection that begins at `offset`; leaves its end in `valueEnd`. As of texts in quotes, no reader that goes on after
 * them minds how far its lines are indented.
 *
 * @param nested - it stands in a collection in block style, where readers differ on tabs
 */
export function flowAt<V, M extends V, S extends V>(
  lines: Lines,
  to: Composer<V, M, S>,
  offset: number,
  nested: boolean,
  depth: number,
): V {
  lines.at = offset;
  const value = collection(lines, to, nested, depth);
  lines.valueEnd = lines.at;
  return value;
}

function collection<V, M extends V, S extends V>(
  lines: Lines,
  to: Composer<V, M, S>,
  nested: boolean,
  depth: number,
): V {
  refuseDepth(lines, depth, lines.at);
  return lines.text.charCodeAt(lines.at) === OPEN_MAP
    ? map(lines, to, nested, depth)
    : sequence(lines, to, nested, depth);
}

function map<V, M extends V, S extends V>(lines: Lines, to: Composer<V, M, S>, nested: boolean, depth: number): V {
  const { text } = lines;
  const entries = to.map(lines.at++);
  for (;;) {
    const first = skip(lines, nested);
    if (first === CLOSE_MAP) break;
    if (first === QUESTION && isSpace(text.charCodeAt(lines.at + 1))) {
      // An explicit key.
      to.doubt(lines.at++);
      skip(lines, nested);
    }
    const start = lines.at;
    countValue(lines, start);
    const written = scalar(lines);
    const end = lines.valueEnd;
    const key = lines.isPlain ? to.key(written, start) : written;
    to.put(entries, key, start, end, valueBehind(lines, to, end, nested, depth));
    const next = skip(lines, nested);
    if (next === COMMA) lines.at++;
    else if (next !== CLOSE_MAP) to.refuse(lines.at, "there is no } or comma");
  }
  lines.at++;
  to.close(entries, lines.at);
  return entries;
}

/** What stands behind a key that ends at `keyEnd`. */
function valueBehind<V, M extends V, S extends V>(
  lines: Lines,
  to: Composer<V, M, S>,
  keyEnd: number,
  nested: boolean,
  depth: number,
): V {
  const quoted = !lines.isPlain;
  if (skip(lines, nested) !== COLON) {
    to.doubt(lines.at);
    return to.nothing(keyEnd);
  }
  lines.at++;
  // A key that is a text only in quotes may be followed by a colon without a space.
  if (!quoted && !isSpace(lines.text.charCodeAt(lines.at))) to.doubt(lines.at);
  const first = skip(lines, nested);
  if (first !== COMMA && first !== CLOSE_MAP) return value(lines, to, nested, depth);
  to.doubt(lines.at);
  return to.nothing(lines.at);
}

function sequence<V, M extends V, S extends V>(lines: Lines, to: Composer<V, M, S>, nested: boolean, depth: number): V {
  const items = to.sequence(lines.at++);
  while (skip(lines, nested) !== CLOSE_SEQUENCE) {
    countValue(lines, lines.at);
    to.push(items, value(lines, to, nested, depth));
    const next = skip(lines, nested);
    if (next === COMMA) lines.at++;
    else if (next !== CLOSE_SEQUENCE) to.refuse(lines.at, "there is no ] or comma");
  }
  lines.at++;
  to.close(items, lines.at);
  return items;
}

function value<V, M extends V, S extends V>(lines: Lines, to: Composer<V, M, S>, nested: boolean, depth: number): V {
  const start = lines.at;
  const first = lines.text.charCodeAt(start);
  if (first === OPEN_MAP || first === OPEN_SEQUENCE) return collection(lines, to, nested, depth + 1);
  const text = scalar(lines);
  return lines.isPlain ? to.plain(text, start, lines.valueEnd) : to.text(text, start, lines.valueEnd);
}

/** Its text; its end and whether it is plain are left in `lines`. */
function scalar(lines: Lines): string {
  const { text, end, rules, at: start } = lines;
  if (isQuote(text.charCodeAt(start))) {
    const quoted = quotedAt(lines, start);
    lines.at = lines.valueEnd;
    return quoted;
  }
  const isMark = refuseIndicator(lines, start, end);
  // libyaml, and so most readers, take a hyphen before a comma or bracket for a text: Cloud Build's `waitFor: [-]`.
  const isHyphen = text[start] === "-" && !isSpace(text.charCodeAt(start + 1));
  if (isMark && !isHyphen && isPlainEnd(text.charCodeAt(start + 1))) {
    rules.refuse(start, "no text without quotes begins like that");
  }
  if (isMark && text[start] !== "-") rules.doubt(start);
  let at = start;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || isBracket(code) || code === 10 || code === 13 || code === 9) break;
    if (code === COLON && isPlainEnd(text.charCodeAt(at + 1))) break;
    // It begins a key to YAML 1.1, wherever it is.
    if (code === QUESTION) rules.doubt(at);
    if (code === HASH && text.charCodeAt(at - 1) === 32) break;
  }
  lines.at = at;
  lines.valueEnd = withoutWhite(text, start, at);
  lines.isPlain = true;
  return text.slice(start, lines.valueEnd);
}

/** Past white space and comments; answers the character there. */
function skip(lines: Lines, nested: boolean): number {
  const { text, end, rules } = lines;
  for (; lines.at < end; lines.at++) {
    const code = text.charCodeAt(lines.at);
    if (code === HASH) {
      if (!isSpace(text.charCodeAt(lines.at - 1))) rules.refuse(lines.at, "a comment without a space before it");
      const lineEnd = text.indexOf("\n", lines.at);
      lines.at = (lineEnd < 0 ? end : lineEnd) - 1;
    } else if (code === 9) {
      if (nested) rules.doubt(lines.at);
    } else if (!isSpace(code)) return code;
  }
  return rules.refuse(end, "there is no closing bracket");
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function isBracket(code: number): boolean {
  return code === OPEN_MAP || code === CLOSE_MAP || code === OPEN_SEQUENCE || code === CLOSE_SEQUENCE;
}

function isPlainEnd(code: number): boolean {
  return Number.isNaN(code) || isSpace(code) || code === COMMA || isBracket(code);
}
