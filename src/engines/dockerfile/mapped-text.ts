import type { SourceRange } from "./model.ts";

/** Turns offsets of a text into ranges with line and column. */
export interface Source {
  readonly text: string;
  range(start: number, end: number): SourceRange;
}

export function createSource(text: string): Source {
  const lineStarts = [text.charCodeAt(0) === 0xfeff ? 1 : 0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  return {
    text,
    range(start, end) {
      const line = lastAtOrBefore(lineStarts, start);
      return { start, end, line: line + 1, column: Math.max(0, start - (lineStarts[line] ?? 0)) + 1 };
    },
  };
}

/**
 * Text put together from pieces of a source, such as one line from several with continuations, that still knows where
 * each of its characters stands.
 */
export interface MappedText {
  readonly text: string;
  /** Where in the source the stretch from `start` to `end` of this text is. */
  range(start: number, end: number): SourceRange;
  /** The same stretch as a text of its own. */
  slice(start: number, end: number): MappedText;
  /** A text of stretches of this one. What has a `text` is written as the stretch and means the text: an escape. */
  pick(stretches: readonly Stretch[]): MappedText;
}

export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly text?: string;
}

export interface MappedTextBuilder {
  /** Takes the source's text from `start` to `end` as it is. */
  copy(start: number, end: number): void;
  /** Adds `text`, which is written in the source as what stands from `start` to `end`: an escape. */
  replace(text: string, start: number, end: number): void;
  build(): MappedText;
}

/** `at` is where the segment begins in the text; a segment that is not `linear` counts as one character. */
interface Segments {
  readonly at: number[];
  readonly start: number[];
  readonly end: number[];
}

/** @param anchor - where an empty text counts as standing */
export function mappedText(source: Source, anchor: number): MappedTextBuilder {
  const parts: string[] = [];
  const segments: Segments = { at: [], start: [], end: [] };
  let length = 0;
  const add = (text: string, start: number, end: number): void => {
    if (text === "") return;
    segments.at.push(length);
    segments.start.push(start);
    segments.end.push(end);
    parts.push(text);
    length += text.length;
  };
  return {
    copy: (start, end) => add(source.text.slice(start, end), start, end),
    replace: add,
    build() {
      if (length === 0) {
        segments.at.push(0);
        segments.start.push(anchor);
        segments.end.push(anchor);
      }
      const text = parts.join("");
      return view(source, segments, text, text, 0);
    },
  };
}

/** `shift` is where `text` begins in `whole`, whose pieces the segments are. */
function view(source: Source, segments: Segments, whole: string, text: string, shift: number): MappedText {
  const { at, start, end } = segments;
  const place = (offset: number, edge: "start" | "end"): number => {
    const segment = lastAtOrBefore(at, offset);
    const begins = at[segment] ?? 0;
    const from = start[segment] ?? 0;
    const to = end[segment] ?? 0;
    const length = (at[segment + 1] ?? whole.length) - begins;
    if (length !== to - from) return edge === "start" ? from : to;
    return from + Math.max(0, Math.min(length, offset - begins)) + (edge === "end" && offset < begins + length ? 1 : 0);
  };
  return {
    text,
    range(first, last) {
      const from = place(first + shift, "start");
      return source.range(from, last > first ? place(last + shift - 1, "end") : from);
    },
    slice: (first, last) => view(source, segments, whole, text.slice(first, last), first + shift),
    pick(stretches) {
      const builder = mappedText(source, place(shift, "start"));
      for (const { start: first, end: last, text: meant } of stretches) {
        if (last <= first) continue;
        if (meant !== undefined) {
          builder.replace(meant, place(first + shift, "start"), place(last + shift - 1, "end"));
          continue;
        }
        let from = first + shift;
        for (let segment = lastAtOrBefore(at, from); from < last + shift; segment++) {
          const to = Math.min(last + shift, at[segment + 1] ?? whole.length);
          builder.replace(whole.slice(from, to), place(from, "start"), place(to - 1, "end"));
          from = to;
        }
      }
      return builder.build();
    },
  };
}

/** Index of the last of the sorted numbers that is not over `value`; 0 where all are. */
function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
