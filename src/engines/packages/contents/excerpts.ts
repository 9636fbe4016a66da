/** Places of a text by its offsets: the line, and what of it can be shown. */
import { printable } from "../../../core/printable.ts";
import { bounds } from "./bounds.ts";

export interface Excerpts {
  /** Line from 1; at most 120 characters of it from the offset on. */
  at(offset: number): { line: number; excerpt: string };
}

/** The starts of lines are looked for once, when the first place is wanted. */
export function createExcerpts(text: string): Excerpts {
  let starts: number[] | undefined;
  return {
    at(offset) {
      if (starts === undefined) {
        starts = [0];
        for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
      }
      let [low, high] = [0, starts.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] as number) <= offset) low = middle;
        else high = middle - 1;
      }
      const start = starts[low] as number;
      // The whole line where it is short, else from the place on.
      const end = text.indexOf("\n", start);
      const stop = end < 0 ? text.length : end;
      const from = stop - start <= bounds.excerpt ? start : Math.min(offset, stop);
      const shown = printable(text.slice(from, Math.min(stop, from + bounds.excerpt)).trim());
      return { line: low + 1, excerpt: shown.slice(0, bounds.excerpt) };
    },
  };
}
