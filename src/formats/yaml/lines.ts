import { bounds } from "../bounds.ts";

const SPACE = 32;
const TAB = 9;
const HASH = 35;
const RETURN = 13;

/** What {@link giveUp} throws; caught by the fast reader's caller alone. One for all: it carries nothing. */
export const unusual = new Error("YAML that the fast reader leaves to the library");

/** Leaves the document to the slow reader, which says what is wrong with it, or knows what the fast one does not. */
export function giveUp(): never {
  throw unusual;
}

/** The lines of one document that are not blank and hold more than a comment; `content` is where the current one begins. */
export interface Lines {
  readonly text: string;
  /** Of the document. */
  readonly end: number;
  /** The current line's first character, its first that is no space, and where it ends, without the line break. */
  lineStart: number;
  content: number;
  contentEnd: number;
  /** `content` less `lineStart`. */
  indent: number;
  /** Where the next line begins. */
  next: number;
  done: boolean;
}

export function linesOf(text: string, start: number, end: number): Lines {
  const lines = { text, end, lineStart: start, content: start, contentEnd: start, indent: 0, next: start, done: false };
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
    const trimmedEnd = text.charCodeAt(lineEnd - 1) === RETURN && lineEnd > start ? lineEnd - 1 : lineEnd;
    if (at >= trimmedEnd) continue;
    const first = text.charCodeAt(at);
    if (first === HASH) continue;
    if (first === TAB) giveUp();
    lines.lineStart = start;
    lines.content = at;
    lines.contentEnd = trimmedEnd;
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

/** The rest of the current line is a line of its own, indented as far as it stands: what follows `- `. */
export function reenter(lines: Lines, offset: number): void {
  lines.content = offset;
  lines.indent = offset - lines.lineStart;
}

/** A value ended at `offset`: only white space and a comment may follow in its line; then moves on to the next. */
export function endValue(lines: Lines, offset: number): void {
  const { text, end } = lines;
  let at = offset;
  while (at < end && text.charCodeAt(at) === SPACE) at++;
  const lineEnd = endOfLine(text, at, end);
  const rest = text.charCodeAt(lineEnd - 1) === RETURN ? lineEnd - 1 : lineEnd;
  if (at < rest && (text.charCodeAt(at) !== HASH || at === offset)) giveUp();
  lines.next = lineEnd + 1;
  advance(lines);
}

export function refuseDepth(depth: number): void {
  if (depth > bounds.yamlDepth) giveUp();
}
