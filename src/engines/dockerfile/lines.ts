/** Lines as Docker reads them: continuations, comments between them, heredocs, and the directives at the top. */
import { type MappedText, mappedText, type Source } from "./mapped-text.ts";
import type { Comment, Directive, Heredoc } from "./model.ts";

/** One line of the file. */
export interface Line {
  readonly start: number;
  /** The offset of its line end. */
  readonly end: number;
  /** Where the next one starts. */
  readonly next: number;
}

/** An instruction's text with its continuations joined. */
export interface LogicalLine {
  readonly joined: MappedText;
  readonly comments: readonly Comment[];
  /** Behind its last character. */
  readonly end: number;
  readonly next: number;
}

export function lineAt(text: string, start: number): Line {
  const newline = text.indexOf("\n", start);
  const next = newline === -1 ? text.length : newline + 1;
  let end = newline === -1 ? text.length : newline;
  while (end > start && text[end - 1] === "\r") end--;
  return { start, end, next };
}

/** The first offset from `start` that holds no space of a line. */
export function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Space, tab, vertical tab, form feed, carriage return, line feed. */
export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

export function commentAt(source: Source, line: Line): Comment | undefined {
  const start = skipSpace(source.text, line.start, line.end);
  if (source.text[start] !== "#" || start >= line.end) return undefined;
  return { text: source.text.slice(start + 1, line.end).trim(), range: source.range(start, line.end) };
}

/**
 * Reads one instruction from the line at `start` on. A line goes on where it ends in the escape character, which no
 * other escape character precedes; comments and blank lines behind it are left out (BuildKit, `trimContinuationCharacter`).
 */
export function readLogicalLine(source: Source, start: number, escapeCharacter: string): LogicalLine {
  const { text } = source;
  let line = lineAt(text, start);
  const first = skipSpace(text, line.start, line.end);
  const builder = mappedText(source, first);
  const comments: Comment[] = [];
  let from = first;
  let end = first;
  for (;;) {
    const kept = keptBeforeContinuation(text, from, line.end, escapeCharacter);
    builder.copy(from, kept ?? line.end);
    end = line.end;
    if (kept === undefined) break;
    let next: Line | undefined;
    while (line.next < text.length) {
      line = lineAt(text, line.next);
      const comment = commentAt(source, line);
      if (comment !== undefined) comments.push(comment);
      else if (skipSpace(text, line.start, line.end) < line.end) {
        next = line;
        break;
      }
    }
    if (next === undefined) break;
    from = next.start;
  }
  return { joined: builder.build(), comments, end, next: line.next };
}

/** Where the text before the escape character ends; undefined where the line does not go on. */
function keptBeforeContinuation(text: string, start: number, end: number, escapeCharacter: string): number | undefined {
  let last = end;
  while (last > start && (text[last - 1] === " " || text[last - 1] === "\t")) last--;
  if (last === start || text[last - 1] !== escapeCharacter) return undefined;
  return last - 1 > start && text[last - 2] === escapeCharacter ? undefined : last - 1;
}

/** A heredoc that an instruction's line announces. */
export interface HeredocStart {
  readonly name: string;
  readonly stripsTabs: boolean;
  readonly expands: boolean;
}

/** The word as a heredoc, as BuildKit tells them: `<<EOF`, `<<-EOF`, `3<<"EOF"`. */
export function heredocStart(word: string): HeredocStart | undefined {
  const match = /^\d*<<(-?)([^<]+)$/.exec(word);
  const written = match?.[2] ?? "";
  const name = written.replace(/["'\\]/g, "");
  if (name === "") return undefined;
  return { name, stripsTabs: match?.[1] === "-", expands: name === written };
}

/** Reads a heredoc's body from the line at `start` on; `closed` is false where the file ends before it does. */
export function readHeredoc(
  source: Source,
  start: number,
  { name, stripsTabs, expands }: HeredocStart,
): { readonly heredoc: Heredoc; readonly end: number; readonly next: number; readonly closed: boolean } {
  const { text } = source;
  let at = start;
  while (at < text.length) {
    const line = lineAt(text, at);
    let from = line.start;
    if (stripsTabs) while (text[from] === "\t") from++;
    if (text.slice(from, line.end) === name) {
      const heredoc = { name, stripsTabs, expands, text: text.slice(start, at), range: source.range(start, at) };
      return { heredoc, end: line.end, next: line.next, closed: true };
    }
    at = line.next;
  }
  const heredoc = { name, stripsTabs, expands, text: text.slice(start), range: source.range(start, text.length) };
  return { heredoc, end: text.length, next: text.length, closed: false };
}

/** `# escape=\``: a comment line of this form, before anything else in the file, is a directive. */
export function directiveOf(comment: Comment): Directive | undefined {
  const equals = comment.text.indexOf("=");
  const name = comment.text.slice(0, Math.max(0, equals)).trim().toLowerCase();
  const value = comment.text.slice(equals + 1).trim();
  if (value === "" || (name !== "syntax" && name !== "escape" && name !== "check")) return undefined;
  return { name, value, range: comment.range };
}
