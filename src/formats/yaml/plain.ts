/** Texts without quotes. */
import { endOfLine, endValue, isWhite, type Lines, skipWhite, withoutReturn, withoutWhite } from "./lines.ts";

const TAB = 9;
const SPACE = 32;
const HASH = 35;
const COLON = 58;

/** Nothing plain begins with one of those, or with one of the last three where white space follows. */
const INDICATORS = new Uint8Array(128);
for (const mark of "\t\n\v\f\r ,[]{}#&*!|>'\"%@`") INDICATORS[mark.charCodeAt(0)] = 1;
for (const mark of "-?:") INDICATORS[mark.charCodeAt(0)] = 2;

const NODE_PROPERTIES: ReadonlySet<string> = new Set(["&", "*", "!"]);

/**
 * Refuses what is an indicator of YAML. Answers whether it may be one: `-`, `?` and `:` begin a text where no white space
 * follows.
 */
export function refuseIndicator({ text, rules }: Lines, offset: number, limit: number): boolean {
  const kind = INDICATORS[text.charCodeAt(offset)];
  if (kind === 0) return false;
  // White space to JavaScript, as which readers have taken it, and a character like others to YAML.
  if (kind === undefined) {
    if (/\s/.test(text.charAt(offset))) rules.doubt(offset);
    return false;
  }
  if (kind === 1 || offset + 1 >= limit || isWhite(text.charCodeAt(offset + 1))) {
    const cause = NODE_PROPERTIES.has(text.charAt(offset))
      ? "anchors, aliases and tags have no place here"
      : "no text without quotes begins like that";
    rules.refuse(offset, cause);
  }
  return true;
}

/**
 * A plain scalar that begins at `offset` in the current line, and may go on in lines that are indented more than its
 * parent; moves on past it, and leaves its end in `valueEnd`.
 */
export function plainAt(lines: Lines, offset: number, parentIndent: number): string {
  const { text } = lines;
  refuseIndicator(lines, offset, lines.contentEnd);
  let end = plainEnd(lines, offset, lines.contentEnd);
  let commented = skipWhite(lines, end, lines.contentEnd) < lines.contentEnd;
  let value = text.slice(offset, end);
  let breaks = 0;
  lines.isPlain = true;
  for (let at = lines.next; !commented && at < lines.end; ) {
    const lineEnd = endOfLine(text, at, lines.end);
    const contentEnd = withoutReturn(text, at, lineEnd);
    let from = at;
    while (from < contentEnd && text.charCodeAt(from) === SPACE) from++;
    const indent = from - at;
    if (from < contentEnd && text.charCodeAt(from) === TAB) from = skipWhite(lines, from, contentEnd);
    if (from === contentEnd) breaks++;
    else {
      if (indent <= parentIndent || text.charCodeAt(from) === HASH) break;
      end = plainEnd(lines, from, contentEnd);
      commented = skipWhite(lines, end, contentEnd) < contentEnd;
      value += (breaks === 0 ? " " : "\n".repeat(breaks)) + text.slice(from, end);
      lines.isPlain = false;
      breaks = 0;
    }
    at = lineEnd + 1;
  }
  lines.valueEnd = end;
  endValue(lines, end);
  return value;
}

/** Where a plain text ends in its line: before a comment and the white space around. */
function plainEnd({ text, rules }: Lines, from: number, lineEnd: number): number {
  for (let at = from; at < lineEnd; at++) {
    const code = text.charCodeAt(at);
    if (code > COLON) continue;
    if (code === HASH) {
      if (at > from && isWhite(text.charCodeAt(at - 1))) return withoutWhite(text, from, at);
    } else if (code === COLON) {
      if (at + 1 === lineEnd || isWhite(text.charCodeAt(at + 1))) rules.refuse(at, "a key stands within a value");
    } else if (code === TAB) rules.doubt(at);
  }
  return withoutWhite(text, from, lineEnd);
}
