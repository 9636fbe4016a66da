/** Literal (`|`) and folded (`>`) blocks of text. */
import { advance, endOfLine, isWhite, type Lines, skipWhite, withoutReturn } from "./lines.ts";

const TAB = 9;
const SPACE = 32;

/**
 * The block whose header begins at `offset` in the current line; moves on past it, and leaves the end of its last line
 * with content in `valueEnd`.
 */
export function blockScalarAt(lines: Lines, offset: number, parentIndent: number): string {
  const { text, end, rules } = lines;
  const literal = text[offset] === "|";
  // Of a document that is one block, readers differ on how far its lines must be indented.
  if (parentIndent < 0) rules.doubt(offset);
  const { chomping, stated } = headerOf(lines, offset);
  let indent = stated === 0 ? -1 : Math.max(parentIndent, 0) + stated;
  let blankIndent = 0;
  let valueEnd = lines.contentEnd;
  let breaks = 0;
  let deeper = false;
  const parts: string[] = [];
  let at = lines.next;
  while (at < end) {
    const lineEnd = endOfLine(text, at, end);
    const contentEnd = withoutReturn(text, at, lineEnd);
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
        if (blankIndent > indent || text.charCodeAt(from) === TAB) rules.doubt(from);
      } else if (from - at < indent) break;
      // Without a last line break, readers differ on what a block ends with.
      if (lineEnd === end) rules.doubt(end);
      // Lines that are indented further are not folded (YAML 1.2.2, 8.1.3).
      const isDeeper = !literal && isWhite(text.charCodeAt(from));
      if (isDeeper) rules.doubt(from);
      const kept = literal || isDeeper || deeper ? breaks + 1 : breaks;
      parts.push(parts.length === 0 ? "\n".repeat(breaks) : kept === 0 ? " " : "\n".repeat(kept));
      parts.push(text.slice(from, contentEnd));
      deeper = isDeeper;
      breaks = 0;
      valueEnd = contentEnd;
    }
    at = lineEnd + 1;
  }
  if (parts.length === 0 && (breaks > 0 || chomping === "+")) rules.doubt(offset);
  if (chomping === "+") {
    if (at > end) rules.doubt(end);
    parts.push("\n".repeat(parts.length === 0 ? breaks : breaks + 1));
  } else if (chomping === "" && parts.length > 0) parts.push("\n");
  lines.valueEnd = valueEnd;
  lines.isPlain = false;
  lines.next = Math.min(at, end);
  advance(lines);
  return parts.join("");
}

function headerOf(lines: Lines, offset: number): { readonly chomping: string; readonly stated: number } {
  const { text, contentEnd, rules } = lines;
  const header = HEADER.exec(text.slice(offset, contentEnd));
  if (header === null) return rules.refuse(offset, "something stands behind the first mark of a block");
  const [, marks = ""] = header;
  skipWhite(lines, offset + 1 + marks.length, contentEnd);
  const stated = Number.parseInt(marks.replace(/[+-]/, "") || "0", 10);
  if (stated > 0) rules.doubt(offset);
  return { chomping: marks.replace(/[1-9]/, ""), stated };
}

const HEADER = /^[|>]([+-]?[1-9]?|[1-9][+-])(?:[ \t]*|[ \t]+#.*)$/;
