import { createRecent } from "../../core/recent.ts";
import { lineStarts } from "./manifest-text.ts";
import type { ManifestText, TextPart } from "./model.ts";

/** Lines of the parts that places were asked of lately. */
const LINES = 256 * 1024;
const lately = createRecent<TextPart, readonly number[]>(LINES);

/** Line and column, from 1, of an offset in UTF-16 units. */
export function linePosition(text: ManifestText, offset: number): { readonly line: number; readonly column: number } {
  const part = text.part(offset);
  let starts = lately.get(part);
  if (starts === undefined) {
    starts = lineStarts(part.text);
    lately.set(part, starts, starts.length);
  }
  const within = offset - part.offset;
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= within) low = middle;
    else high = middle - 1;
  }
  return { line: part.line + low, column: within - (starts[low] as number) + 1 };
}
