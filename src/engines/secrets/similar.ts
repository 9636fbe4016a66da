/**
 * Keywords in contents that resemble the one before, as the versions of a file do: what both begin and end with was
 * looked at already. What is found is what the automaton alone finds.
 */
import type { Automaton } from "./automaton.ts";

export type FindKeywords = Automaton["find"];

/** What is longer is looked at anew, and not kept. */
const LONGEST = 4 * 1024 * 1024;
const STEP = 4_096;

/** Keeps the last content until the next; nobody may write to it meanwhile. */
export function createSimilarFinder(automaton: Automaton): FindKeywords {
  let before: Buffer = EMPTY;
  /** Keyword and start by turns, in order of the end. */
  let known: number[] = [];

  return (given, from, to, hit) => {
    if (from !== 0 || to !== given.length || to > LONGEST) {
      before = EMPTY;
      known = [];
      automaton.find(given, from, to, hit);
      return;
    }
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.length);
    const shorter = Math.min(before.length, bytes.length);
    const prefix = commonPrefix(before, bytes, shorter);
    const suffix = commonSuffix(before, bytes, shorter - prefix);
    // A keyword that begins before what both end with is another.
    const middleEnd = Math.min(bytes.length, bytes.length - suffix + automaton.lookBehind);
    const moved = bytes.length - before.length;
    const found: number[] = [];
    const add = (keyword: number, start: number): void => {
      found.push(keyword, start);
    };
    const endOf = (i: number): number => (known[i + 1] as number) + (automaton.lengths[known[i] as number] as number);
    for (let i = 0; i < known.length && endOf(i) <= prefix; i += 2) add(known[i] as number, known[i + 1] as number);
    automaton.find(bytes, prefix, middleEnd, add);
    for (let i = 0; i < known.length; i += 2) {
      if (endOf(i) + moved > middleEnd) add(known[i] as number, (known[i + 1] as number) + moved);
    }
    before = bytes;
    known = found;
    for (let i = 0; i < found.length; i += 2) hit(found[i] as number, found[i + 1] as number);
  };
}

const EMPTY = Buffer.alloc(0);

function commonPrefix(a: Buffer, b: Buffer, most: number): number {
  let same = 0;
  while (same + STEP <= most && a.compare(b, same, same + STEP, same, same + STEP) === 0) same += STEP;
  while (same < most && a[same] === b[same]) same += 1;
  return same;
}

function commonSuffix(a: Buffer, b: Buffer, most: number): number {
  const [endA, endB] = [a.length, b.length];
  let same = 0;
  while (same + STEP <= most && a.compare(b, endB - same - STEP, endB - same, endA - same - STEP, endA - same) === 0) {
    same += STEP;
  }
  while (same < most && a[endA - 1 - same] === b[endB - 1 - same]) same += 1;
  return same;
}
