/** The complete automaton over keywords (Aho and Corasick 1975) as a table: without regard to the case of ASCII letters. */

export interface States {
  /** Row of the state, `1 << shift` numbers, + column of the byte → state; 0 is the state before anything was read. */
  readonly next: Uint16Array | Uint32Array;
  readonly shift: number;
  /** Byte → column: bytes that no keyword tells apart share one, so that more of the table stays in the processor's cache. */
  readonly columns: Uint8Array;
  /**
   * From this state on a keyword ends in each. It is a power of two that is a bit of all of them and of none before: of many
   * states one look tells whether any speaks. Rows right before it may be nobody's.
   */
  readonly firstSpeaking: number;
  /** State less `firstSpeaking` → numbers of the keywords that end in it, the longest first. */
  readonly outputs: readonly Int32Array[];
  /** Bytes of the longest keyword less one. */
  readonly lookBehind: number;
}

/** More than these take 32 bits each, and are no more than rules of thousands of words make. */
const MOST_NARROW = 0x10000;
/** From a capital letter to the small one. */
const CASE = 0x20;

/** @param keywords - ASCII, none empty; two that differ in case alone are both found */
export function statesOf(keywords: readonly string[]): States {
  const trie = trieOf(keywords);
  const { bytes, first, sibling, ends, size } = trie;
  const fallback = new Int32Array(size);
  // Breadth first, so that the state to fall back to is complete before it is copied from.
  const order = new Int32Array(size);
  for (let i = 0, found = 1; i < size; i++) {
    const state = order[i] as number;
    for (let child = first[state] as number; child !== 0; child = sibling[child] as number) {
      order[found++] = child;
      if (state !== 0) fallback[child] = followed(trie, fallback, fallback[state] as number, bytes[child] as number);
      const more = ends[fallback[child] as number];
      if (more !== undefined) ends[child] = [...(ends[child] ?? []), ...more];
    }
  }

  // States in which a keyword ends come last: telling them is one comparison.
  const silent = order.filter((state) => ends[state] === undefined);
  const speaking = order.filter((state) => ends[state] !== undefined);
  const firstSpeaking = powerOfTwoFrom(Math.max(silent.length, speaking.length));
  const numbers = new Int32Array(size);
  for (let i = 0; i < silent.length; i++) numbers[silent[i] as number] = i;
  for (let i = 0; i < speaking.length; i++) numbers[speaking[i] as number] = firstSpeaking + i;

  const { columns, count } = columnsOf(keywords);
  const width = powerOfTwoFrom(count);
  const rows = firstSpeaking + speaking.length;
  const next = new (rows <= MOST_NARROW ? Uint16Array : Uint32Array)(rows * width);
  for (const state of order) {
    const row = (numbers[state] as number) * width;
    const back = (numbers[fallback[state] as number] as number) * width;
    if (state !== 0) next.copyWithin(row, back, back + width);
    for (let child = first[state] as number; child !== 0; child = sibling[child] as number) {
      next[row + (columns[bytes[child] as number] as number)] = numbers[child] as number;
    }
  }
  return {
    next,
    shift: Math.log2(width),
    columns,
    firstSpeaking,
    outputs: Array.from(speaking, (state) => Int32Array.from(ends[state] as number[])),
    lookBehind: Math.max(1, trie.depth) - 1,
  };
}

function powerOfTwoFrom(least: number): number {
  let power = 1;
  while (power < least) power *= 2;
  return power;
}

/** Its states are numbers, 0 the root: a map for each took half of the time of all this. */
interface Trie {
  readonly size: number;
  /** State → the byte that leads to it. */
  readonly bytes: Uint8Array;
  /** State → its first child; 0 is none. */
  readonly first: Int32Array;
  /** Byte → the child of the root, which has more than all others and is asked most. */
  readonly top: Int32Array;
  /** State → the next child of its parent; 0 is none. */
  readonly sibling: Int32Array;
  /** State → the keywords that end in it. */
  readonly ends: (number[] | undefined)[];
  readonly depth: number;
}

function trieOf(keywords: readonly string[]): Trie {
  const most = keywords.reduce((sum, { length }) => sum + length, 1);
  const [bytes, first, sibling] = [new Uint8Array(most), new Int32Array(most), new Int32Array(most)];
  const ends: (number[] | undefined)[] = new Array(most).fill(undefined);
  const top = new Int32Array(256);
  const trie = { bytes, first, sibling, top, ends };
  let size = 1;
  let depth = 0;
  for (const [number, keyword] of keywords.entries()) {
    depth = Math.max(depth, keyword.length);
    let state = 0;
    const text = keyword.toLowerCase();
    for (let at = 0; at < text.length; at++) {
      // Its low byte, as latin1 has it.
      const byte = text.charCodeAt(at) & 0xff;
      let child = childOf(trie, state, byte);
      if (child === 0) {
        child = size++;
        bytes[child] = byte;
        sibling[child] = first[state] as number;
        first[state] = child;
        if (state === 0) top[byte] = child;
      }
      state = child;
    }
    ends[state] = [...(ends[state] ?? []), number];
  }
  return { ...trie, size, depth };
}

/** @returns 0 where there is none */
function childOf({ bytes, first, sibling, top }: Omit<Trie, "size" | "ends" | "depth">, state: number, byte: number) {
  if (state === 0) return top[byte] as number;
  let child = first[state] as number;
  while (child !== 0 && bytes[child] !== byte) child = sibling[child] as number;
  return child;
}

function followed(trie: Trie, fallback: Int32Array, from: number, byte: number): number {
  for (let state = from; ; state = fallback[state] as number) {
    const child = childOf(trie, state, byte);
    if (child !== 0 || state === 0) return child;
  }
}

/** Letters in both cases share a column, and what is in no keyword has the first. */
function columnsOf(keywords: readonly string[]): { readonly columns: Uint8Array; readonly count: number } {
  const columns = new Uint8Array(256);
  let count = 1;
  for (const keyword of keywords) {
    for (const byte of Buffer.from(keyword.toLowerCase(), "latin1")) {
      if (columns[byte] !== 0) continue;
      columns[byte] = count++;
      if (isLower(byte)) columns[byte - CASE] = columns[byte] as number;
    }
  }
  return { columns, count };
}

function isLower(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}
