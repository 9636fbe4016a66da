import { lineStarts } from "./manifest-text.ts";
import type { ManifestText, TextPart } from "./model.ts";

/** Places of one part are asked for together: the last one's. */
let last: { readonly part: TextPart; readonly starts: readonly number[] } | undefined;

/** Line and column, from 1, of an offset in UTF-16 units. */
export function linePosition(text: ManifestText, offset: number): { readonly line: number; readonly column: number } {
  const part = text.part(offset);
  if (last?.part !== part) last = { part, starts: lineStarts(part.text) };
  const { starts } = last;
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
