import type { ManifestText, TextPart } from "./model.ts";

/** So many lines from one mark to the next: of a few the beginning is found in less time than the memory of all is worth. */
const MARKED = 16;
/** Weak, for a list of parts would hold their texts, however long ago they were unpacked. */
const known = new WeakMap<TextPart, readonly number[]>();

/** Line and column, from 1, of an offset in UTF-16 units. */
export function linePosition(text: ManifestText, offset: number): { readonly line: number; readonly column: number } {
  const part = text.part(offset);
  let marks = known.get(part);
  if (marks === undefined) {
    marks = marksOf(part.content);
    known.set(part, marks);
  }
  const within = offset - part.offset;
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle] as number) <= within) low = middle;
    else high = middle - 1;
  }
  let line = low * MARKED;
  let start = marks[low] as number;
  for (let at = feedFrom(part.content, start); at >= 0 && at < within; at = feedFrom(part.content, start)) {
    start = at + 1;
    line++;
  }
  return { line: part.line + line, column: within - start + 1 };
}

/** Offsets of the first characters of every sixteenth line. */
function marksOf(content: TextPart["content"]): readonly number[] {
  const marks = [0];
  let lines = 0;
  for (let at = feedFrom(content, 0); at >= 0; at = feedFrom(content, at + 1)) {
    if (++lines % MARKED === 0) marks.push(at + 1);
  }
  return marks;
}

const FEED = 10;

/** -1 where there is none. Lines are short: asking Node for each takes longer than looking. */
function feedFrom(content: TextPart["content"], from: number): number {
  if (typeof content === "string") return content.indexOf("\n", from);
  for (let at = from; at < content.length; at++) if (content[at] === FEED) return at;
  return -1;
}
