/** Texts in single or double quotes. */
import { endOfLine, type Lines, skipWhite, withoutReturn, withoutWhite } from "./lines.ts";

const DOUBLE = 34;
const SINGLE = 39;
const BACKSLASH = 92;

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
};

const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

export function isQuote(code: number): boolean {
  return code === DOUBLE || code === SINGLE;
}

/**
 * The text in quotes that begins here; leaves its end in `valueEnd`. How far its further lines are indented does not
 * matter: YAML wants them deeper than what holds them, libyaml and those that came of it (go-yaml, PyYAML, Psych,
 * YamlDotNet) do not mind, and public manifests are written so.
 *
 * @param offset - of its first quote
 */
export function quotedAt(lines: Lines, offset: number): string {
  const { text, end } = lines;
  const close = closingQuote(text, offset, end);
  if (close < 0) lines.rules.refuse(offset, "a quoted text does not end");
  lines.valueEnd = close + 1;
  lines.isPlain = false;
  const double = text.charCodeAt(offset) === DOUBLE;
  const inner = text.slice(offset + 1, close);
  return inner.includes("\n") ? folded(lines, offset + 1, close, double) : unescaped(lines, offset + 1, inner, double);
}

/** Where the text ends that begins with the quote at `offset`; -1 where it does not before `limit`. */
export function closingQuote(text: string, offset: number, limit: number): number {
  if (text.charCodeAt(offset) === SINGLE) {
    for (let at = text.indexOf("'", offset + 1); at >= 0 && at < limit; at = text.indexOf("'", at + 2)) {
      if (at + 1 >= limit || text.charCodeAt(at + 1) !== SINGLE) return at;
    }
    return -1;
  }
  for (let at = offset + 1; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === DOUBLE) return at;
    if (code === BACKSLASH) at++;
  }
  return -1;
}

/** What a text in quotes, or one line of it, says. */
export function unescaped(lines: Lines, offset: number, inner: string, double: boolean): string {
  if (!double) return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
  if (!inner.includes("\\")) return inner;
  const refuse = (at: number) => lines.rules.refuse(offset + at, "an escape that YAML does not have");
  let value = "";
  let copied = 0;
  for (let at = inner.indexOf("\\"); at >= 0; at = inner.indexOf("\\", copied)) {
    value += inner.slice(copied, at);
    const name = inner[at + 1] ?? "";
    const length = HEX_LENGTH[name];
    if (length !== undefined) {
      const digits = inner.slice(at + 2, at + 2 + length);
      const code = Number.parseInt(digits, 16);
      if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits) || code > 0x10ffff) refuse(at);
      value += String.fromCodePoint(code);
      copied = at + 2 + length;
    } else {
      value += (Object.hasOwn(ESCAPES, name) ? ESCAPES[name] : undefined) ?? refuse(at);
      copied = at + 2;
    }
  }
  return value + inner.slice(copied);
}

/** One line break is a space, more are one less; white space around them does not count (YAML 1.2.2, 7.3). */
function folded(lines: Lines, from: number, close: number, double: boolean): string {
  const { text, rules } = lines;
  let value = "";
  let breaks = 0;
  let joined = true;
  for (let at = from; at <= close; ) {
    const lineEnd = endOfLine(text, at, close);
    const first = at === from;
    const last = lineEnd >= close;
    let start = at;
    let end = last ? lineEnd : withoutReturn(text, at, lineEnd);
    if (text.slice(start, end).includes("\t")) rules.doubt(start);
    if (!first) {
      start = skipWhite(lines, start, end);
    }
    const continued = double && !last && endsInBackslash(text, start, end);
    if (continued) end--;
    else if (!last) end = trimmedEnd(lines, start, end, double);
    const empty = start === end && !first && !last && !continued;
    // Readers differ on blank lines behind a line break that is escaped.
    if (empty && !joined) rules.doubt(start);
    if (empty) breaks++;
    else {
      if (!first) value += breaks > 0 ? "\n".repeat(breaks) : joined ? " " : "";
      value += unescaped(lines, start, text.slice(start, end), double);
      breaks = 0;
      joined = !continued;
    }
    at = lineEnd + 1;
  }
  return value;
}

/** White space that is escaped stays. */
function trimmedEnd({ text, rules }: Lines, start: number, end: number, double: boolean): number {
  const trimmed = withoutWhite(text, start, end);
  if (!double || trimmed === end || !endsInBackslash(text, start, trimmed)) return trimmed;
  rules.doubt(trimmed);
  return trimmed + 1;
}

function endsInBackslash(text: string, start: number, end: number): boolean {
  let count = 0;
  while (end - count > start && text.charCodeAt(end - 1 - count) === BACKSLASH) count++;
  return count % 2 === 1;
}
