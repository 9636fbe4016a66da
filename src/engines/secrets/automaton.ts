/**
 * Finds many keywords in one pass over bytes, without regard to the case of ASCII letters. The automaton is complete: one table
 * look-up a byte, whatever the bytes are.
 */
import { type Lanes, openLanes, type Room } from "./lanes.ts";
import { type States, statesOf } from "./states.ts";

export interface Automaton {
  /**
   * Calls `hit` for every keyword that ends in `bytes` from `from` on, in order of its end; one that began before
   * `from` is found too, as far as `lookBehind` goes.
   *
   * @param hit - the keyword's number in the list that the automaton was made of, and where it starts
   */
  find(bytes: Uint8Array, from: number, to: number, hit: (keyword: number, start: number) => void): void;
  /** Memory for one content after the other, which is walked without a copy; undefined as long as there is none. */
  room(of: Room): Buffer | undefined;
  /** Bytes of the longest keyword less one: how far before `from` a keyword may begin. */
  readonly lookBehind: number;
  /** Keyword's number → its bytes. */
  readonly lengths: Int32Array;
}

/** Two readers walk a stretch at once: each waits for memory at every byte, and the waits overlap. */
const TWO_READERS_FROM = 4_096;
/** Shorter stretches are walked before they would be copied. */
const WORTH_LANES = 256;
/** Bytes after which lanes are opened: what looks at less is done before they would be. */
const LANES_AFTER = 1024 * 1024;

/**
 * @param keywords - ASCII, none empty; two that differ in case alone are both found
 * @param lanesAfter - bytes that are walked without WebAssembly
 */
export function createAutomaton(keywords: readonly string[], lanesAfter: number = LANES_AFTER): Automaton {
  let states = statesOf(keywords);
  const { firstSpeaking, outputs, lookBehind } = states;
  const lengths = Int32Array.from(keywords, (keyword) => keyword.length);
  let walk = walkerOf(states);
  /** Undefined where there are none, or none yet. */
  let lanes: Lanes | undefined;
  let untilLanes = lanesAfter;
  let rooms: Lanes["rooms"] | undefined;

  function speak(state: number, end: number, hit: (keyword: number, start: number) => void): void {
    const found = outputs[state - firstSpeaking] as Int32Array;
    for (let i = 0; i < found.length; i++) {
      const keyword = found[i] as number;
      hit(keyword, end - (lengths[keyword] as number));
    }
  }

  function open(length: number): void {
    untilLanes -= length;
    if (untilLanes >= 0) return;
    untilLanes = Number.POSITIVE_INFINITY;
    lanes = openLanes(states);
    if (lanes === undefined) return;
    // The other copy of the table is let go.
    states = { ...states, next: lanes.next };
    rooms = lanes.rooms;
    walk = walkerOf(states);
  }

  return {
    lookBehind,
    lengths,
    room: (of) => rooms?.[of],
    find(bytes, from, to, hit) {
      const told = (state: number, end: number): void => speak(state, end, hit);
      open(to - from);
      if (lanes === undefined || to - from < WORTH_LANES) return walk(bytes, from, to, told);
      // Whoever is told of a hit may look for more, and what was found is still in the lanes.
      const own = lanes;
      lanes = undefined;
      try {
        for (let at = from; at < to; ) at = own.walk(bytes, at, to, told);
      } finally {
        lanes = own;
      }
    },
  };
}

type Walk = (bytes: Uint8Array, from: number, to: number, told: (state: number, end: number) => void) => void;

function walkerOf({ next, shift, columns, firstSpeaking, lookBehind }: States): Walk {
  /** The state before `from`: a keyword that ends behind it may have begun before. */
  function warm(bytes: Uint8Array, from: number): number {
    let state = 0;
    for (let i = Math.max(0, from - lookBehind); i < from; i++) {
      state = next[(state << shift) + (columns[bytes[i] as number] as number)] as number;
    }
    return state;
  }

  /** For what the second reader finds. Whoever is told of a hit may look for more, so each has one of their own. */
  const free: Int32Array[] = [];

  return (bytes, from, to, told) => {
    const half = to - from < TWO_READERS_FROM ? 0 : (to - from) >> 1;
    const middle = from + half;
    let first = warm(bytes, from);
    let second = half === 0 ? first : warm(bytes, middle);
    if (half > 0) {
      /** What the second reader found, to be told after all of the first's: state and end by turns. */
      let later = free.pop() ?? new Int32Array(1024);
      let count = 0;
      for (let i = from, j = middle; i < middle; i++, j++) {
        first = next[(first << shift) + (columns[bytes[i] as number] as number)] as number;
        second = next[(second << shift) + (columns[bytes[j] as number] as number)] as number;
        if (first >= firstSpeaking) told(first, i + 1);
        if (second < firstSpeaking) continue;
        if (count + 2 > later.length) {
          const grown = new Int32Array(later.length * 2);
          grown.set(later);
          later = grown;
        }
        later[count++] = second;
        later[count++] = j + 1;
      }
      for (let i = 0; i < count; i += 2) told(later[i] as number, later[i + 1] as number);
      free.push(later);
    }
    for (let i = middle + half; i < to; i++) {
      second = next[(second << shift) + (columns[bytes[i] as number] as number)] as number;
      if (second >= firstSpeaking) told(second, i + 1);
    }
  };
}
