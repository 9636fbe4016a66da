/** What a content has in common with the one before: what both begin and end with, and stretches between that begin where a line does. */
import { lineFeedFrom } from "../../core/line-feed.ts";
import { createComparison } from "../../formats/wasm/compare.ts";

/** In order, apart from each other: the first is what both begin with, the last what both end with; either may be empty. */
export interface Unchanged {
  readonly count: number;
  /** Where each begins and ends in the content, and how far it was before that in the one before. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly moved: readonly number[];
  /**
   * The stretch in which bytes are the same as before, with what is before them on their line, and with the byte behind them.
   *
   * @returns -1 where none is
   */
  holds(from: number, to: number): number;
  compare(before: Buffer, bytes: Buffer): void;
}

/** Bytes of a stretch that are worth the walk that begins behind it anew, and of what differs that it is looked for in. */
const LEAST = 128;
const LEAST_BETWEEN = 512;

const comparison = createComparison();

/** @param least - bytes that a stretch between has more than {@link LEAST} */
export function noneUnchanged(least: number): Unchanged {
  const from: number[] = [];
  const to: number[] = [];
  const moved: number[] = [];
  /** Behind the start of the first whole line of each. */
  const lines: number[] = [];
  const ends: number[] = [];
  const add = (begin: number, end: number, shift: number, line: number, reach: number): void => {
    const nth = same.count++;
    from[nth] = begin;
    to[nth] = end;
    moved[nth] = shift;
    lines[nth] = line;
    ends[nth] = reach;
  };
  const same = {
    // No accessor: with one, each would have a form of its own for V8.
    count: 0,
    from,
    to,
    moved,
    holds(begin: number, end: number): number {
      for (let nth = 0; nth < same.count; nth++) {
        if (end < (ends[nth] as number)) return begin > (lines[nth] as number) ? nth : -1;
      }
      return -1;
    },
    compare(before: Buffer, bytes: Buffer): void {
      const shorter = Math.min(before.length, bytes.length);
      let prefix = 0;
      let suffix = 0;
      let between: readonly number[] = NONE;
      if (shorter > 0 && comparison.hold(before, bytes)) {
        prefix = comparison.prefix(0, 0, shorter);
        suffix = comparison.suffix(shorter - prefix);
        if (shorter - prefix - suffix >= LEAST_BETWEEN) between = comparison.between(prefix, suffix, LEAST + least);
      } else {
        const [left, right] = [wordsOf(before), wordsOf(bytes)];
        prefix = commonPrefix(left, right, shorter);
        suffix = commonSuffix(left, right, shorter - prefix);
      }
      same.count = 0;
      add(0, prefix, 0, Number.NEGATIVE_INFINITY, prefix);
      for (let i = 0; i < between.length; i += 3) {
        const at = between[i + 1] as number;
        const end = at + (between[i + 2] as number);
        add(at, end, at - (between[i] as number), at, end);
      }
      const begin = bytes.length - suffix;
      const feed = suffix === 0 ? -1 : lineFeedFrom(bytes, begin);
      const line = feed === -1 ? bytes.length + 1 : feed + 1;
      add(begin, bytes.length, bytes.length - before.length, line, Number.POSITIVE_INFINITY);
    },
  };
  return same;
}

const NONE: readonly number[] = [];

function commonPrefix(a: DataView, b: DataView, most: number): number {
  let same = 0;
  while (same + TWO <= most && isSame(a, same, b, same)) same += TWO;
  while (same < most && a.getInt8(same) === b.getInt8(same)) same += 1;
  return same;
}

function commonSuffix(a: DataView, b: DataView, most: number): number {
  const [endA, endB] = [a.byteLength, b.byteLength];
  let same = 0;
  while (same + TWO <= most && isSame(a, endA - same - TWO, b, endB - same - TWO)) same += TWO;
  while (same < most && a.getInt8(endA - 1 - same) === b.getInt8(endB - 1 - same)) same += 1;
  return same;
}

/** Of two words. */
function isSame(a: DataView, atA: number, b: DataView, atB: number): boolean {
  const first = a.getInt32(atA, true) ^ b.getInt32(atB, true);
  return (first | (a.getInt32(atA + WORD, true) ^ b.getInt32(atB + WORD, true))) === 0;
}

const WORD = 4;
const TWO = 2 * WORD;

/** Reads four bytes at a time, wherever they begin. */
function wordsOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
