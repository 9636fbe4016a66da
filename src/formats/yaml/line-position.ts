import type { ManifestText } from "./model.ts";

const lineStarts = new WeakMap<ManifestText, readonly number[]>();

/** Line and column, from 1, of an offset in UTF-16 units. */
export function linePosition(text: ManifestText, offset: number): { readonly line: number; readonly column: number } {
  const starts = lineStarts.get(text) ?? startsOf(text);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] as number) + 1 };
}

function startsOf(text: ManifestText): readonly number[] {
  const starts = [0];
  for (let at = text.text.indexOf("\n"); at >= 0; at = text.text.indexOf("\n", at + 1)) starts.push(at + 1);
  lineStarts.set(text, starts);
  return starts;
}
