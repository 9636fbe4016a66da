/** Lines as Docker reads them: continuations, comments between them, heredocs, and the directives at the top. */
import { heredocName } from "./expand.ts";
import { type MappedText, mappedText, type Source } from "./mapped-text.ts";
import type { Comment, Directive, Heredoc } from "./model.ts";
import { lowerCase, skipSpace, trimSpace } from "./white-space.ts";

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

export function commentAt(source: Source, line: Line): Comment | undefined {
  const start = skipSpace(source.text, line.start, line.end);
  if (source.text[start] !== "#" || start >= line.end) return undefined;
  return { text: trimSpace(source.text.slice(start + 1, line.end)), range: source.range(start, line.end) };
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
  const arrows = word.indexOf("<<");
  if (arrows === -1 || !/^\d*$/.test(word.slice(0, arrows))) return undefined;
  const stripsTabs = word[arrows + 2] === "-";
  const written = word.slice(arrows + (stripsTabs ? 3 : 2));
  if (written.includes("<")) return undefined;
  const read = heredocName(written);
  return read === undefined ? undefined : { name: read.name, stripsTabs, expands: !read.quoted };
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

/** White space of Go's expressions: `\s`. */
const SPACE = "[\\t\\n\\f\\r ]";
const NAME = new RegExp(`^#${SPACE}*([a-zA-Z][a-zA-Z0-9]*)${SPACE}*=`);
const LAST_SPACE = new RegExp(`^${SPACE}$`);

/** `# escape=\``: a comment line of this form, before anything else in the file, is a directive (BuildKit, `DirectiveParser`). */
export function directiveOf({ text }: Source, { range }: Comment): Directive | undefined {
  const written = text.slice(range.start, range.end);
  const match = NAME.exec(written);
  const name = lowerCase(match?.[1] ?? "");
  if (match === null || (name !== "syntax" && name !== "escape" && name !== "check")) return undefined;
  const rest = written.slice(match[0].length);
  let start = 0;
  let end = rest.length;
  while (start < end && LAST_SPACE.test(rest[start] as string)) start++;
  while (end > start && LAST_SPACE.test(rest[end - 1] as string)) end--;
  // Of white space alone, the last one is the value.
  const value = start < end ? rest.slice(start, end) : rest.slice(-1);
  return value === "" ? undefined : { name, value, range };
}
