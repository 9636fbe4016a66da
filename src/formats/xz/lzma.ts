/** The coder inside LZMA2: a range decoder over adaptive bits (LZMA specification, "LZMA decoder"). */

/** What one stream decodes into; state stays from chunk to chunk. */
export interface Lzma {
  /** Bytes as they are. False: over the limit. */
  store(bytes: Buffer, forget: boolean): boolean;
  /** lc, lp and pb in one byte. False: no such properties. */
  setProperties(byte: number): boolean;
  /** Starts the dictionary anew: what came before can be named no more. */
  forget(): void;
  /** Starts the state anew: all chances even, no distance known. */
  reset(): void;
  decode(packed: Buffer, unpacked: number): "done" | "broken" | "large";
  output(): Buffer;
}

const EVEN = 1024;
/** Where each group of chances stands among all. */
const IS_MATCH = 0;
const IS_REP = IS_MATCH + 192;
const IS_REP_0 = IS_REP + 12;
const IS_REP_1 = IS_REP_0 + 12;
const IS_REP_2 = IS_REP_1 + 12;
const IS_REP_0_LONG = IS_REP_2 + 12;
const POSITION_SLOT = IS_REP_0_LONG + 192;
const POSITION = POSITION_SLOT + 256;
const ALIGN = POSITION + 115;
const LENGTH = ALIGN + 16;
/** Two choices, 16 low and 16 mid trees of 8, one high tree of 256. */
const LENGTH_SIZE = 2 + 128 + 128 + 256;
const REP_LENGTH = LENGTH + LENGTH_SIZE;
const LITERAL = REP_LENGTH + LENGTH_SIZE;

export function createLzma(limit: number): Lzma {
  let out = Buffer.allocUnsafe(Math.min(limit, 1 << 20));
  let size = 0;
  let dictionary = 0;
  let lc = 0;
  let lp = 0;
  let pb = 0;
  const chances = new Uint16Array(LITERAL + (0x300 << 4));
  let state = 0;
  let rep0 = 0;
  let rep1 = 0;
  let rep2 = 0;
  let rep3 = 0;

  let input: Buffer = out;
  let at = 0;
  let range = 0;
  let code = 0;

  function room(more: number): boolean {
    if (size + more > limit) return false;
    if (size + more > out.length) {
      const larger = Buffer.allocUnsafe(Math.min(limit, Math.max(out.length * 2, size + more)));
      out.copy(larger, 0, 0, size);
      out = larger;
    }
    return true;
  }

  function bit(index: number): number {
    const chance = chances[index] as number;
    const bound = (range >>> 11) * chance;
    let value: number;
    if (code < bound) {
      range = bound;
      chances[index] = chance + ((2048 - chance) >> 5);
      value = 0;
    } else {
      range = (range - bound) >>> 0;
      code = (code - bound) >>> 0;
      chances[index] = chance - (chance >> 5);
      value = 1;
    }
    if (range < 0x1000000) {
      range = (range << 8) >>> 0;
      // Past the end there is nothing: the caller sees that more was taken than there is.
      code = ((code << 8) | (at < input.length ? (input[at] as number) : 0)) >>> 0;
      at++;
    }
    return value;
  }

  function direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      range >>>= 1;
      const one = code >= range ? 1 : 0;
      if (one === 1) code = (code - range) >>> 0;
      value = (value << 1) | one;
      if (range < 0x1000000) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | (at < input.length ? (input[at] as number) : 0)) >>> 0;
        at++;
      }
    }
    return value >>> 0;
  }

  function tree(base: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | bit(base + node);
    return node - (1 << bits);
  }

  function reverse(base: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const one = bit(base + node);
      node = (node << 1) | one;
      value |= one << i;
    }
    return value;
  }

  function length(base: number, position: number): number {
    if (bit(base) === 0) return 2 + tree(base + 2 + position * 8, 3);
    if (bit(base + 1) === 0) return 10 + tree(base + 130 + position * 8, 3);
    return 18 + tree(base + 258, 8);
  }

  function distance(matched: number): number {
    const slot = tree(POSITION_SLOT + Math.min(matched - 2, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const start = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) return start + reverse(POSITION + start - slot, bits);
    return (start + ((direct(bits - 4) << 4) >>> 0) + reverse(ALIGN, 4)) >>> 0;
  }

  function literal(): void {
    const before = size > dictionary ? (out[size - 1] as number) : 0;
    const place = (((size - dictionary) & ((1 << lp) - 1)) << lc) + (before >> (8 - lc));
    const base = LITERAL + 0x300 * place;
    let symbol = 1;
    if (state >= 7) {
      let match = out[size - rep0 - 1] as number;
      while (symbol < 0x100) {
        const matchBit = (match >> 7) & 1;
        match <<= 1;
        const one = bit(base + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | one;
        if (matchBit !== one) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | bit(base + symbol);
    out[size++] = symbol & 0xff;
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  return {
    store(bytes, forget) {
      if (!room(bytes.length)) return false;
      if (forget) dictionary = size;
      bytes.copy(out, size);
      size += bytes.length;
      return true;
    },
    setProperties(byte) {
      if (byte >= 225) return false;
      lc = byte % 9;
      lp = Math.floor(byte / 9) % 5;
      pb = Math.floor(byte / 45);
      return lc + lp <= 4;
    },
    forget() {
      dictionary = size;
    },
    reset() {
      chances.fill(EVEN);
      state = rep0 = rep1 = rep2 = rep3 = 0;
    },
    decode(packed, unpacked) {
      if (!room(unpacked)) return "large";
      if (packed.length < 5 || packed[0] !== 0) return "broken";
      input = packed;
      range = 0xffffffff;
      code = packed.readUInt32BE(1);
      at = 5;
      const end = size + unpacked;
      while (size < end) {
        if (at > input.length) return "broken";
        const position = (size - dictionary) & ((1 << pb) - 1);
        if (bit(IS_MATCH + (state << 4) + position) === 0) {
          if (state >= 7 && rep0 >= size - dictionary) return "broken";
          literal();
          continue;
        }
        let matched: number;
        if (bit(IS_REP + state) === 0) {
          rep3 = rep2;
          rep2 = rep1;
          rep1 = rep0;
          matched = length(LENGTH, position);
          state = state < 7 ? 7 : 10;
          rep0 = distance(matched);
        } else {
          if (bit(IS_REP_0 + state) === 0) {
            if (bit(IS_REP_0_LONG + (state << 4) + position) === 0) {
              if (rep0 >= size - dictionary) return "broken";
              out[size] = out[size - rep0 - 1] as number;
              size++;
              state = state < 7 ? 9 : 11;
              continue;
            }
          } else {
            let other: number;
            if (bit(IS_REP_1 + state) === 0) other = rep1;
            else {
              if (bit(IS_REP_2 + state) === 0) other = rep2;
              else {
                other = rep3;
                rep3 = rep2;
              }
              rep2 = rep1;
            }
            rep1 = rep0;
            rep0 = other;
          }
          matched = length(REP_LENGTH, position);
          state = state < 7 ? 8 : 11;
        }
        if (rep0 >= size - dictionary || matched > end - size) return "broken";
        for (let from = size - rep0 - 1, i = 0; i < matched; i++) out[size++] = out[from++] as number;
      }
      return at > input.length ? "broken" : "done";
    },
    output: () => out.subarray(0, size),
  };
}
