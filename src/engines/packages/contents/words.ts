/** Whether bytes hold any of some words: an automaton (Aho, Corasick 1975) as one dense table, a look per byte. */

export type WordSearch = (bytes: Buffer) => boolean;

const BYTES = 256;

export function wordSearch(words: readonly string[]): WordSearch {
  const states = words.reduce((sum, word) => sum + Buffer.byteLength(word), 1);
  const table = new Uint16Array(states * BYTES);
  const ends = new Uint8Array(states);
  let used = 1;
  for (const word of words) {
    let state = 0;
    for (const byte of Buffer.from(word)) {
      const at = state * BYTES + byte;
      if (table[at] === 0) table[at] = used++;
      state = table[at] as number;
    }
    ends[state] = 1;
  }
  // Breadth first: where a state does not go on, it goes where the longest of its ends that begins a word would.
  const failures = new Uint16Array(states);
  const queue: number[] = [];
  for (let byte = 0; byte < BYTES; byte++) if (table[byte] !== 0) queue.push(table[byte] as number);
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] as number;
    const failure = failures[state] as number;
    if (ends[failure] === 1) ends[state] = 1;
    for (let byte = 0; byte < BYTES; byte++) {
      const next = table[state * BYTES + byte] as number;
      const other = table[failure * BYTES + byte] as number;
      if (next === 0) table[state * BYTES + byte] = other;
      else {
        failures[next] = other;
        queue.push(next);
      }
    }
  }
  return (bytes) => {
    let state = 0;
    for (let at = 0; at < bytes.length; at++) {
      state = table[state * BYTES + (bytes[at] as number)] as number;
      if (ends[state] === 1) return true;
    }
    return false;
  };
}
