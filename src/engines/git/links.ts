import { sharedInts } from "./ids.ts";
import type { Repository } from "./repository.ts";

/**
 * The deltas of a pack turned round: from each base to what is made of it. Object numbers, -1 for none; in memory that
 * threads share.
 */
export interface Links {
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly state: Uint8Array;
}

const LINKED = 1;
/** Begins a chain: it is no delta, or one upon something outside of the pack. */
const ROOT = 2;
/** Read, or told as a gap. */
const DONE = 4;

export function noLinks(objects: number): Links {
  return {
    firstChild: sharedInts(objects).fill(-1),
    nextSibling: sharedInts(objects).fill(-1),
    state: new Uint8Array(new SharedArrayBuffer(objects)),
  };
}

/** Links what is wanted of a pack to what it rests on. What cannot be read is a gap, and counts as told. */
export function linkPack(
  { stored, objects, gaps }: Pick<Repository, "stored" | "objects" | "gaps">,
  sorted: Int32Array,
  wanted: (number: number) => boolean,
  links: Links,
): void {
  const { firstChild, nextSibling, state } = links;
  // From the end, so that the children of a base come out in the order of the pack.
  for (let n = sorted.length - 1; n >= 0; n--) {
    const start = sorted[n] as number;
    if (!wanted(start)) continue;
    try {
      for (let number = start; ((state[number] as number) & LINKED) === 0; ) {
        mark(links, number, LINKED);
        const base = objects.baseOf(number);
        if (base === -1 || stored.places[base] !== stored.places[number]) {
          mark(links, number, ROOT);
          break;
        }
        nextSibling[number] = firstChild[base] as number;
        firstChild[base] = number;
        number = base;
      }
    } catch (error) {
      gaps.caught(error);
      markRead(links, start);
    }
  }
}

export function isRoot({ state }: Links, number: number): boolean {
  return ((state[number] as number) & ROOT) !== 0;
}

/** Read, or told as a gap. */
export function isRead({ state }: Links, number: number): boolean {
  return ((state[number] as number) & DONE) !== 0;
}

export function markRead(links: Links, number: number): void {
  mark(links, number, DONE);
}

function mark({ state }: Links, number: number, bit: number): void {
  state[number] = (state[number] as number) | bit;
}
