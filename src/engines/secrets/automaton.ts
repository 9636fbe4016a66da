/**
 * Finds many keywords in one pass over bytes (Aho and Corasick 1975), without regard to the case of ASCII letters. The
 * automaton is complete: one table look-up a byte, whatever the bytes are.
 */

export interface Automaton {
  /**
   * Calls `hit` for every keyword that ends in `bytes` from `from` on, in order of its end; one that began before
   * `from` is found too, as far as `lookBehind` goes.
   *
   * @param hit - the keyword's number in the list that the automaton was made of, and where it starts
   */
  find(bytes: Uint8Array, from: number, to: number, hit: (keyword: number, start: number) => void): void;
  /** Bytes of the longest keyword less one: how far before `from` a keyword may begin. */
  readonly lookBehind: number;
  /** Keyword's number → its bytes. */
  readonly lengths: Int32Array;
}

/** Two readers walk a stretch at once: each waits for memory at every byte, and the waits overlap. */
const TWO_READERS_FROM = 4_096;

/** @param keywords - ASCII, none empty; two that differ in case alone are both found */
export function createAutomaton(keywords: readonly string[]): Automaton {
  const { children, ends, depth } = trieOf(keywords);
  const classes = classesOf(keywords);
  const classCount = Math.max(...classes) + 1;
  /** Row length, a power of two, so that a state's number is already the start of its row. */
  const shift = Math.max(1, Math.ceil(Math.log2(classCount)));

  // Breadth first, so that the state to fall back to is complete before it is copied from.
  const fallback = new Int32Array(children.length);
  const order: number[] = [0];
  for (let i = 0; i < order.length; i++) {
    const state = order[i] as number;
    for (const [byte, child] of children[state] ?? []) {
      order.push(child);
      if (state !== 0) fallback[child] = followed(children, fallback, fallback[state] as number, byte);
      const more = ends[fallback[child] as number] ?? [];
      if (more.length > 0) ends[child] = [...(ends[child] ?? []), ...more];
    }
  }

  // States in which a keyword ends come last: telling them is one comparison.
  const silent = order.filter((state) => ends[state] === undefined);
  const speaking = order.filter((state) => ends[state] !== undefined);
  const numbers = new Int32Array(children.length);
  for (const [number, state] of [...silent, ...speaking].entries()) numbers[state] = number << shift;
  const firstSpeaking = silent.length << shift;
  const outputs = speaking.map((state) => Int32Array.from(ends[state] as number[]));

  const table = children.length << shift <= 0xffff ? Uint16Array : Uint32Array;
  const next = new table(children.length << shift);
  for (const state of order) {
    const row = numbers[state] as number;
    const back = numbers[fallback[state] as number] as number;
    for (let c = 0; c < classCount; c++) next[row + c] = state === 0 ? 0 : (next[back + c] as number);
    for (const [byte, child] of children[state] ?? []) next[row + (classes[byte] as number)] = numbers[child] as number;
  }
  const lengths = Int32Array.from(keywords, (keyword) => keyword.length);
  const lookBehind = Math.max(1, depth) - 1;

  function speak(state: number, end: number, hit: (keyword: number, start: number) => void): void {
    const found = outputs[(state - firstSpeaking) >> shift] as Int32Array;
    for (let i = 0; i < found.length; i++) {
      const keyword = found[i] as number;
      hit(keyword, end - (lengths[keyword] as number));
    }
  }

  function walk(bytes: Uint8Array, from: number, to: number, hit: (keyword: number, start: number) => void): void {
    let state = warm(bytes, from);
    for (let i = from; i < to; i++) {
      state = next[state + (classes[bytes[i] as number] as number)] as number;
      if (state >= firstSpeaking) speak(state, i + 1, hit);
    }
  }

  /** The state before `from`: a keyword that ends behind it may have begun before. */
  function warm(bytes: Uint8Array, from: number): number {
    let state = 0;
    for (let i = Math.max(0, from - lookBehind); i < from; i++) {
      state = next[state + (classes[bytes[i] as number] as number)] as number;
    }
    return state;
  }

  /** For what the second reader finds. Whoever is told of a hit may look for more, so each has one of their own. */
  const free: Int32Array[] = [];

  return {
    lookBehind,
    lengths,
    find(bytes, from, to, hit) {
      if (to - from < TWO_READERS_FROM) return walk(bytes, from, to, hit);
      const half = (to - from) >> 1;
      const middle = from + half;
      /** What the second reader found, to be told after all of the first's: state and end by turns. */
      let later = free.pop() ?? new Int32Array(1024);
      let count = 0;
      let first = warm(bytes, from);
      let second = warm(bytes, middle);
      for (let i = from, j = middle; i < middle; i++, j++) {
        first = next[first + (classes[bytes[i] as number] as number)] as number;
        second = next[second + (classes[bytes[j] as number] as number)] as number;
        if (first >= firstSpeaking) speak(first, i + 1, hit);
        if (second >= firstSpeaking) {
          if (count + 2 > later.length) {
            const grown = new Int32Array(later.length * 2);
            grown.set(later);
            later = grown;
          }
          later[count++] = second;
          later[count++] = j + 1;
        }
      }
      for (let i = 0; i < count; i += 2) speak(later[i] as number, later[i + 1] as number, hit);
      free.push(later);
      if ((to - from) % 2 === 1) {
        const last = to - 1;
        second = next[second + (classes[bytes[last] as number] as number)] as number;
        if (second >= firstSpeaking) speak(second, to, hit);
      }
    },
  };
}

interface Trie {
  /** State → byte → child; 0 is the root. */
  readonly children: Map<number, number>[];
  /** State → the keywords that end in it. */
  readonly ends: (number[] | undefined)[];
  readonly depth: number;
}

function trieOf(keywords: readonly string[]): Trie {
  const children: Map<number, number>[] = [new Map()];
  const ends: (number[] | undefined)[] = [];
  let depth = 0;
  for (const [number, keyword] of keywords.entries()) {
    depth = Math.max(depth, keyword.length);
    let state = 0;
    for (const byte of Buffer.from(keyword.toLowerCase(), "latin1")) {
      const row = children[state] as Map<number, number>;
      let child = row.get(byte);
      if (child === undefined) {
        child = children.push(new Map()) - 1;
        row.set(byte, child);
      }
      state = child;
    }
    ends[state] = [...(ends[state] ?? []), number];
  }
  return { children, ends, depth };
}

function followed(children: readonly Map<number, number>[], fallback: Int32Array, from: number, byte: number): number {
  for (let state = from; ; state = fallback[state] as number) {
    const child = children[state]?.get(byte);
    if (child !== undefined) return child;
    if (state === 0) return 0;
  }
}

/** Bytes that no keyword tells apart share a class, which keeps the table small enough for the processor's cache. */
function classesOf(keywords: readonly string[]): Uint8Array {
  const classes = new Uint8Array(256);
  let count = 1;
  for (const byte of Buffer.from(keywords.join("").toLowerCase(), "latin1")) {
    if (classes[byte] === 0) classes[byte] = count++;
  }
  for (let upper = 0x41; upper <= 0x5a; upper++) classes[upper] = classes[upper + 0x20] as number;
  return classes;
}
