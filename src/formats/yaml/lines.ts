import type { Rules } from "./composer.ts";

const TAB = 9;
const RETURN = 13;
const SPACE = 32;
const HASH = 35;

/**
 * Where the reader is in one document: its lines that are not blank and hold more than a comment, and within the current
 * one. What a function finds besides its answer is left here, which spares an object for each scalar.
 */
export interface Lines {
  readonly text: string;
  /** Of the document. */
  readonly end: number;
  readonly rules: Rules;
  /** The current line's first character, its first that is no space, and where it ends, without the line break. */
  lineStart: number;
  content: number;
  contentEnd: number;
  /** `content` less `lineStart`. */
  indent: number;
  /** Where the next line begins. */
  next: number;
  done: boolean;
  /** Of the last scalar, or collection in braces or brackets: its end, and whether it was plain and of one line. */
  valueEnd: number;
  isPlain: boolean;
  /** Of the last key: its end, and what is behind its colon. */
  keyEnd: number;
  keyAfter: number;
  /** Within braces or brackets. */
  at: number;
  /** So far. */
  values: number;
}

export function linesOf(text: string, start: number, end: number, rules: Rules): Lines {
  const lines = {
    text,
    end,
    rules,
    lineStart: start,
    content: start,
    contentEnd: start,
    indent: 0,
    next: start,
    done: false,
    valueEnd: start,
    isPlain: false,
    keyEnd: start,
    keyAfter: start,
    at: start,
    values: 0,
  };
  advance(lines);
  return lines;
}

/** Moves on to the next line with content. */
export function advance(lines: Lines): void {
  const { text, end } = lines;
  while (lines.next < end) {
    const start = lines.next;
    const lineEnd = endOfLine(text, start, end);
    let at = start;
    while (at < lineEnd && text.charCodeAt(at) === SPACE) at++;
    lines.next = lineEnd + 1;
    const contentEnd = withoutReturn(text, start, lineEnd);
    if (at >= contentEnd) continue;
    const first = text.charCodeAt(at);
    if (first === HASH) continue;
    if (first === TAB) {
      const behind = skipWhite(lines, at, contentEnd);
      if (behind < contentEnd && text.charCodeAt(behind) !== HASH) {
        lines.rules.refuse(at, "a line is indented with a tab");
      }
      continue;
    }
    lines.lineStart = start;
    lines.content = at;
    lines.contentEnd = contentEnd;
    lines.indent = at - start;
    return;
  }
  lines.done = true;
  lines.indent = -1;
}

/** The offset of the line feed that ends the line, or of the document's end. */
export function endOfLine(text: string, from: number, end: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 || at > end ? end : at;
}

/** Where a carriage return ends a line alone: to some readers, and to others it is a character like others. */
export function loneReturn(text: string): number | undefined {
  // Nearly no text holds any, which this finds out some ten times faster.
  const at = text.includes("\r") ? text.search(/\r(?!\n)/) : -1;
  return at < 0 ? undefined : at;
}

export function withoutReturn(text: string, lineStart: number, lineEnd: number): number {
  return lineEnd > lineStart && text.charCodeAt(lineEnd - 1) === RETURN ? lineEnd - 1 : lineEnd;
}

/** Past spaces, and tabs, of which YAML 1.1's readers take fewer. */
export function skipWhite({ text, rules }: Lines, offset: number, limit: number): number {
  let at = offset;
  for (; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === TAB) rules.doubt(at);
    else if (code !== SPACE) break;
  }
  return at;
}

/** Before the spaces and tabs at the end of what ends here. */
export function withoutWhite(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isWhite(text.charCodeAt(at - 1))) at--;
  return at;
}

export function isWhite(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** The rest of the current line is a line of its own, indented as far as it stands: what follows `- `. */
export function reenter(lines: Lines, offset: number): void {
  lines.content = offset;
  lines.indent = offset - lines.lineStart;
}

/** A value ended at `offset`: only white space and a comment may follow in its line; then moves on to the next. */
export function endValue(lines: Lines, offset: number): void {
  const { text, end } = lines;
  const lineEnd = offset <= lines.contentEnd ? lines.next - 1 : endOfLine(text, offset, end);
  const contentEnd = withoutReturn(text, offset, lineEnd);
  const at = skipWhite(lines, offset, contentEnd);
  if (at < contentEnd && (text.charCodeAt(at) !== HASH || at === offset)) {
    lines.rules.refuse(at, "something stands behind a value");
  }
  lines.next = lineEnd + 1;
  advance(lines);
}

export function refuseDepth({ rules }: Lines, depth: number, offset: number): void {
  if (depth > rules.depth) rules.refuse(offset, `values are nested more than ${rules.depth} deep`);
}

export function countValue(lines: Lines, offset: number): void {
  const { rules } = lines;
  if (++lines.values > rules.values) rules.refuse(offset, `there are more than ${rules.values} values`);
}
