import type { TextEdit } from "../../core/finding.ts";

/** A stretch of a text and what it becomes. */
export type Edit = Pick<TextEdit, "start" | "end" | "replacement">;

/**
 * The text with all edits made; offsets are of the text as it was. Insertions at one place come in the order given.
 *
 * @throws RangeError where two overlap or one is outside the text
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = edits.map((edit, order) => ({ ...edit, order }));
  sorted.sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, replacement } of sorted) {
    if (start < at || end < start || end > text.length) {
      throw new RangeError(`the edit of ${start} to ${end} overlaps another one or leaves the text`);
    }
    parts.push(text.slice(at, start), replacement);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}

/** Whether they can be made together. Two insertions at one place can. */
export function editsOverlap(edits: readonly Edit[]): boolean {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  return sorted.some((edit, index) => {
    const before = sorted[index - 1];
    return before !== undefined && edit.start < before.end;
  });
}
