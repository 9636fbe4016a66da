/** Rows by text, a bounded number: the ones that were asked for lately. */

export interface RememberedRows {
  /** The text's row: what was found of it, or zeros. */
  row(text: string): Uint8Array;
  /** How many rows were dropped for others. */
  evicted(): number;
}

/**
 * Two generations: when the young one is full, it is the old one and what the old one still held is gone.
 *
 * @param most - rows of both together
 */
export function rememberRows(width: number, most: number): RememberedRows {
  const half = Math.max(1, most >> 1);
  let young = new Map<string, Uint8Array>();
  let old = new Map<string, Uint8Array>();
  let evicted = 0;
  const add = (text: string, row: Uint8Array) => {
    if (young.size >= half) {
      evicted += old.size;
      old = young;
      young = new Map();
    }
    young.set(text, row);
    return row;
  };
  return {
    row(text) {
      const known = young.get(text);
      if (known !== undefined) return known;
      const older = old.get(text);
      if (older === undefined) return add(text, new Uint8Array(width));
      old.delete(text);
      return add(text, older);
    },
    evicted: () => evicted,
  };
}
