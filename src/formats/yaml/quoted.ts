import { endOfLine, giveUp } from "./lines.ts";
import type { YamlScalar } from "./model.ts";

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

/**
 * A scalar in single or double quotes.
 *
 * @param offset - of its first quote
 * @param parentIndent - what its further lines must be indented more than
 */
export function quotedAt(text: string, offset: number, end: number, parentIndent: number): YamlScalar {
  const double = text[offset] === '"';
  const close = double ? closingDouble(text, offset + 1, end) : closingSingle(text, offset + 1, end);
  const inner = text.slice(offset + 1, close);
  const value = inner.includes("\n") ? folded(text, offset + 1, close, parentIndent, double) : unescaped(inner, double);
  return { kind: "scalar", value, start: offset, end: close + 1 };
}

function closingDouble(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) return at;
    if (code === 92) at++;
  }
  return giveUp();
}

function closingSingle(text: string, from: number, end: number): number {
  for (let at = text.indexOf("'", from); at >= 0 && at < end; at = text.indexOf("'", at + 2)) {
    if (text[at + 1] !== "'" || at + 1 >= end) return at;
  }
  return giveUp();
}

function unescaped(inner: string, double: boolean): string {
  if (!double) return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
  if (!inner.includes("\\")) return inner;
  let value = "";
  let copied = 0;
  for (let at = inner.indexOf("\\"); at >= 0; at = inner.indexOf("\\", copied)) {
    value += inner.slice(copied, at);
    const name = inner[at + 1] ?? "";
    const length = HEX_LENGTH[name];
    if (length !== undefined) {
      const digits = inner.slice(at + 2, at + 2 + length);
      const code = Number.parseInt(digits, 16);
      if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits) || code > 0x10ffff) giveUp();
      value += String.fromCodePoint(code);
      copied = at + 2 + length;
    } else {
      const character = Object.hasOwn(ESCAPES, name) ? ESCAPES[name] : undefined;
      if (character === undefined) giveUp();
      value += character;
      copied = at + 2;
    }
  }
  return value + inner.slice(copied);
}

/** One line break is a space, more are one less; white space around them does not count (YAML 1.2.2, 7.3). */
function folded(text: string, from: number, close: number, parentIndent: number, double: boolean): string {
  let value = "";
  let breaks = 0;
  let joined = true;
  for (let at = from; at <= close; ) {
    const lineEnd = endOfLine(text, at, close);
    const first = at === from;
    let line = text.slice(at, lineEnd);
    if (line.endsWith("\r")) line = line.slice(0, -1);
    if (line.includes("\t")) giveUp();
    const last = lineEnd >= close;
    if (!first) {
      const trimmed = line.slice(leadingSpaces(line));
      const indent = line.length - trimmed.length;
      if ((trimmed !== "" || last) && indent <= parentIndent) giveUp();
      line = trimmed;
    }
    const continued = double && !last && endsInBackslash(line);
    if (continued) line = line.slice(0, -1);
    else if (!last) line = trimmedEnd(line, double);
    const empty = line === "" && !first && !last && !continued;
    // Readers differ on blank lines behind a line break that is escaped.
    if (empty && !joined) giveUp();
    if (empty) breaks++;
    else {
      if (!first) value += breaks > 0 ? "\n".repeat(breaks) : joined ? " " : "";
      value += unescaped(line, double);
      breaks = 0;
      joined = !continued;
    }
    at = lineEnd + 1;
  }
  return value;
}

function leadingSpaces(line: string): number {
  let count = 0;
  while (line.charCodeAt(count) === 32) count++;
  return count;
}

/** A space that is escaped stays. */
function trimmedEnd(line: string, double: boolean): string {
  let end = line.length;
  while (line.charCodeAt(end - 1) === 32) end--;
  const trimmed = line.slice(0, end);
  if (double && trimmed.length < line.length && endsInBackslash(trimmed)) giveUp();
  return trimmed;
}

function endsInBackslash(line: string): boolean {
  let count = 0;
  while (line[line.length - 1 - count] === "\\") count++;
  return count % 2 === 1;
}
