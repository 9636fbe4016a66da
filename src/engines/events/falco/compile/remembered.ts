/** Rows of bytes by text, a bounded number: the ones that were asked for lately. */

export interface RememberedRows {
  /** All rows, one after the other. */
  readonly bytes: Uint8Array;
  /** Where the text's row begins in `bytes`, to be read after: what was found of it, or zeros. Holds until the next call. */
  row(text: string): number;
}

/** Rows in the first generation: what is seldom used takes little. */
const FIRST = 256;

/**
 * Two generations: when the young one is full, it is the old one and what the old one still held is gone. They grow up to
 * their bound.
 *
 * @param most - rows of both together
 * @param mostBytes - of the texts of both together; a text of over a hundredth of it is not remembered
 */
export function rememberRows(width: number, most: number, mostBytes: number): RememberedRows {
  const largest = Math.max(1, most >> 1);
  const longest = Math.floor(mostBytes / 100);
  /** Of the young generation's texts. */
  let held = 0;
  let half = Math.min(FIRST, largest);
  // The last row is of texts that are too long.
  let bytes = new Uint8Array((2 * half + 1) * width);
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  let start = 0;

  /** Both generations move to the old half of a larger store. */
  function grow(): void {
    half = Math.min(largest, half * 4);
    const larger = new Uint8Array((2 * half + 1) * width);
    const moved = new Map<string, number>();
    for (const generation of [young, old]) {
      for (const [text, from] of generation) {
        if (moved.has(text) || moved.size === half) continue;
        const to = (half + moved.size) * width;
        larger.set(bytes.subarray(from, from + width), to);
        moved.set(text, to);
      }
    }
    bytes = larger;
    start = 0;
    old = moved;
    young = new Map();
  }

  function turn(): void {
    const isFewBytes = held <= mostBytes / 4;
    held = 0;
    if (half < largest && isFewBytes) {
      grow();
      return;
    }
    start = start === 0 ? half * width : 0;
    bytes.fill(0, start, start + half * width);
    old = young;
    young = new Map();
  }

  function add(text: string): number {
    if (text.length > longest) {
      const spare = 2 * half * width;
      bytes.fill(0, spare);
      return spare;
    }
    const before = old.get(text);
    held += text.length;
    if (young.size >= half || held > mostBytes / 2) {
      // What the old half held is gone now, and the text's row with it, unless it is kept here.
      const kept = before === undefined ? undefined : bytes.slice(before, before + width);
      turn();
      held += text.length;
      young.set(text, start);
      if (kept !== undefined) bytes.set(kept, start);
      return start;
    }
    const at = start + young.size * width;
    young.set(text, at);
    if (before !== undefined) bytes.copyWithin(at, before, before + width);
    return at;
  }

  return {
    get bytes() {
      return bytes;
    },
    row: (text) => young.get(text) ?? add(text),
  };
}
