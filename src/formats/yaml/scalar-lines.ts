/** Scalars of block style: plain ones, which may go on in further lines, and literal and folded blocks. */
import { advance, endOfLine, endValue, giveUp, type Lines } from "./lines.ts";
import type { YamlScalar } from "./model.ts";
import { resolvePlain } from "./scalars.ts";

const SPACE = 32;
const TAB = 9;
const RETURN = 13;
const HASH = 35;
const COLON = 58;

const PLAIN_START = /^[^\s,[\]{}#&*!|>'"%@`?:-]$/;

/** A plain scalar that begins at `offset` in the current line, and may go on in lines that are indented more than its parent. */
export function plainAt(lines: Lines, offset: number, parentIndent: number): YamlScalar {
  const { text } = lines;
  const first = text[offset] ?? "";
  if (!PLAIN_START.test(first)) {
    const spaced = offset + 1 >= lines.contentEnd || text.charCodeAt(offset + 1) === SPACE;
    if (spaced || (first !== "-" && first !== "?" && first !== ":")) giveUp();
  }
  let end = plainEnd(text, offset, lines.contentEnd);
  let commented = isCommented(text, end, lines.contentEnd);
  let value = text.slice(offset, end);
  let continued = false;
  let breaks = 0;
  for (let at = lines.next; !commented && at < lines.end; ) {
    const lineEnd = endOfLine(text, at, lines.end);
    const contentEnd = contentEndOf(text, at, lineEnd);
    let from = at;
    while (from < contentEnd && text.charCodeAt(from) === SPACE) from++;
    if (from === contentEnd) breaks++;
    else {
      if (from - at <= parentIndent || text.charCodeAt(from) === HASH) break;
      end = plainEnd(text, from, contentEnd);
      commented = isCommented(text, end, contentEnd);
      value += (breaks === 0 ? " " : "\n".repeat(breaks)) + text.slice(from, end);
      continued = true;
      breaks = 0;
    }
    at = lineEnd + 1;
  }
  endValue(lines, end);
  return { kind: "scalar", value: continued ? value : resolvePlain(value), start: offset, end };
}

/** Where a plain text ends in its line: before a comment and the white space around. */
function plainEnd(text: string, from: number, lineEnd: number): number {
  let end = lineEnd;
  for (let at = from; at < lineEnd; at++) {
    const code = text.charCodeAt(at);
    if (code === HASH && at > from && text.charCodeAt(at - 1) === SPACE) {
      end = at;
      break;
    }
    // A key within a value is wrong in block style.
    if (code === COLON && (at + 1 === lineEnd || text.charCodeAt(at + 1) === SPACE)) giveUp();
    if (code === TAB) giveUp();
  }
  while (end > from && text.charCodeAt(end - 1) === SPACE) end--;
  return end;
}

function isCommented(text: string, end: number, contentEnd: number): boolean {
  for (let at = end; at < contentEnd; at++) if (text.charCodeAt(at) !== SPACE) return true;
  return false;
}

/** A literal (`|`) or folded (`>`) block whose header begins at `offset` in the current line. */
export function blockScalarAt(lines: Lines, offset: number, parentIndent: number): YamlScalar {
  const { text, end } = lines;
  const literal = text[offset] === "|";
  // Of a document that is one block, readers differ on how far its lines must be indented.
  if (parentIndent < 0) giveUp();
  // An indentation that is stated is rare: the slow reader's.
  const chomping = /^[|>]([+-]?)(?: *| +#.*)$/.exec(text.slice(offset, lines.contentEnd))?.[1] ?? giveUp();
  let indent = -1;
  let blankIndent = 0;
  let valueEnd = lines.contentEnd;
  let breaks = 0;
  const parts: string[] = [];
  let at = lines.next;
  while (at < end) {
    const lineEnd = endOfLine(text, at, end);
    const contentEnd = contentEndOf(text, at, lineEnd);
    const limit = indent < 0 ? contentEnd : Math.min(contentEnd, at + indent);
    let from = at;
    while (from < limit && text.charCodeAt(from) === SPACE) from++;
    if (from === contentEnd) {
      blankIndent = Math.max(blankIndent, from - at);
      breaks++;
    } else {
      if (indent < 0) {
        if (from - at <= parentIndent) break;
        indent = from - at;
        if (blankIndent > indent || text.charCodeAt(from) === TAB) giveUp();
      } else if (from - at < indent) break;
      // Without a last line break, readers differ on what a block ends with.
      if (lineEnd === end) giveUp();
      if (!literal && (text.charCodeAt(from) === SPACE || text.charCodeAt(from) === TAB)) giveUp();
      if (parts.length === 0) parts.push("\n".repeat(breaks));
      else parts.push(literal ? "\n".repeat(breaks + 1) : breaks === 0 ? " " : "\n".repeat(breaks));
      parts.push(text.slice(from, contentEnd));
      breaks = 0;
      valueEnd = contentEnd;
    }
    at = lineEnd + 1;
  }
  if (parts.length === 0 && (breaks > 0 || chomping === "+")) giveUp();
  if (parts.length > 0) {
    if (chomping === "+") {
      if (at > end) giveUp();
      parts.push("\n".repeat(breaks + 1));
    } else if (chomping === "") parts.push("\n");
  }
  lines.next = Math.min(at, end);
  advance(lines);
  return { kind: "scalar", value: parts.join(""), start: offset, end: valueEnd };
}

function contentEndOf(text: string, lineStart: number, lineEnd: number): number {
  return lineEnd > lineStart && text.charCodeAt(lineEnd - 1) === RETURN ? lineEnd - 1 : lineEnd;
}
