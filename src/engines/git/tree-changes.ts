import { createComparison } from "../../formats/wasm/compare.ts";
import { eachTreeEntry, readEntry, type TakeEntry } from "./tree.ts";

/**
 * Tells the entries of a tree that the last tree at the same path did not have. From one commit to the next most of a
 * folder stays as it is, and comparing memory is many times faster than reading entries.
 */
export interface TreeChanges {
  /**
   * @param path - of the folder
   * @param take - gets each new entry, some perhaps twice, and may get some that are not new
   * @returns false where the tree breaks the format: what came before was handed over
   */
  each(path: string, bytes: Buffer, take: TakeEntry): boolean;
}

const comparison = createComparison();

interface Previous {
  readonly bytes: Buffer;
  /** Where entries begin, and the end. */
  readonly starts: Int32Array;
}

/** Smaller ones are read faster than compared. */
const SMALL = 1_024;
const KEPT_BYTES = 24 * 1024 * 1024;

export function treeChanges(idBytes: number): TreeChanges {
  const kept = new Map<string, Previous>();
  let keptBytes = 0;
  return {
    each(path, bytes, take) {
      if (bytes.length < SMALL) return eachTreeEntry(bytes, idBytes, take);
      const previous = kept.get(path);
      if (previous?.bytes.length === bytes.length && eachChanged(previous, bytes, idBytes, take)) {
        kept.set(path, { bytes, starts: previous.starts });
        return true;
      }
      const { from, until, begun, resume } = previous === undefined ? wholly(bytes) : between(previous, bytes);
      const ends: number[] = [];
      const noting: TakeEntry = (kind, within, nameAt, nameEnd, idAt) => {
        ends.push(from + idAt + idBytes);
        take(kind, within, nameAt, nameEnd, idAt);
      };
      let after = previous?.starts.subarray(resume) ?? NONE;
      if (!eachTreeEntry(bytes.subarray(from, until), idBytes, noting)) {
        // The end looks alike and is not cut into entries alike, or the tree is broken.
        ends.length = 0;
        after = NONE;
        if (!eachTreeEntry(bytes.subarray(from), idBytes, noting)) return false;
      }
      const before = previous?.starts.subarray(0, begun) ?? NONE_BUT_ZERO;
      const starts = new Int32Array(before.length + ends.length + after.length);
      starts.set(before);
      starts.set(ends, before.length);
      const shift = bytes.length - (previous?.bytes.length ?? 0);
      for (let n = 0, at = before.length + ends.length; n < after.length; n++, at++) {
        starts[at] = (after[n] as number) + shift;
      }
      keptBytes += bytes.length - (previous?.bytes.length ?? 0);
      if (keptBytes > KEPT_BYTES) {
        kept.clear();
        keptBytes = bytes.length;
      }
      kept.set(path, { bytes, starts });
      return true;
    },
  };
}

/**
 * Of a tree as long as the previous one, the entries that differ: mostly ids alone have changed.
 *
 * @returns false where an entry does not end where the previous one did; some may have been handed over
 */
function eachChanged({ bytes: old, starts }: Previous, bytes: Buffer, idBytes: number, take: TakeEntry): boolean {
  const { length } = bytes;
  const isHeld = comparison.hold(old, bytes);
  let entry = 0;
  for (let from = 0; ; from = starts[entry] as number) {
    const at = isHeld ? from + comparison.prefix(from, from, length - from) : nextDifference(old, bytes, from);
    if (at === length) return true;
    while ((starts[entry + 1] as number) <= at) entry += 1;
    const start = starts[entry] as number;
    const end = readEntry(bytes, start, idBytes, take);
    if (end !== starts[++entry]) return false;
  }
}

/** Where two of one length differ, or their end: four bytes at a time, as far as both lie so in memory. */
function nextDifference(left: Buffer, right: Buffer, from: number): number {
  const { length } = left;
  let at = from;
  if (((left.byteOffset | right.byteOffset) & 3) === 0) {
    while (at < length && (at & 3) !== 0 && left[at] === right[at]) at += 1;
    if ((at & 3) === 0) {
      const words = length >> 2;
      const a = new Int32Array(left.buffer, left.byteOffset, words);
      const b = new Int32Array(right.buffer, right.byteOffset, words);
      let word = at >> 2;
      while (word < words && a[word] === b[word]) word += 1;
      at = word << 2;
    }
  }
  while (at < length && left[at] === right[at]) at += 1;
  return at;
}

const NONE = new Int32Array(0);
const NONE_BUT_ZERO = new Int32Array(1);

/** What of the new tree is to be read, and which starts of the previous one stay: those before `begun`, and from `resume` on, shifted. */
interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly begun: number;
  readonly resume: number;
}

function wholly(bytes: Buffer): Stretch {
  return { from: 0, until: bytes.length, begun: 0, resume: 0 };
}

/** The stretch of the new tree outside of what both begin and end with, cut where entries of the previous one begin. */
function between({ bytes: old, starts }: Previous, bytes: Buffer): Stretch {
  const most = Math.min(old.length, bytes.length);
  const prefix = longest(most, (length) => old.compare(bytes, 0, length, 0, length) === 0);
  const first = lastUpTo(starts, prefix);
  const from = starts[first] as number;
  const suffix = longest(
    most - from,
    (length) => old.compare(bytes, bytes.length - length, bytes.length, old.length - length, old.length) === 0,
  );
  // The first start within the common end: what is read ends there, so that its own end notes it.
  const last = lastUpTo(starts, old.length - suffix - 1) + 1;
  return { from, until: (starts[last] as number) + bytes.length - old.length, begun: first + 1, resume: last + 1 };
}

/** The greatest length up to `most` that holds; every shorter one holds too, and zero always. */
function longest(most: number, holds: (length: number) => boolean): number {
  if (holds(most)) return most;
  let low = 0;
  let high = most;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The index of the last start that is at most `limit`, or -1. */
function lastUpTo(starts: Int32Array, limit: number): number {
  let low = -1;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= limit) low = middle;
    else high = middle;
  }
  return low;
}
