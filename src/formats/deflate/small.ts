/**
 * Small zlib streams (RFC 1950), in WebAssembly: node:zlib takes as long to call, and to make tables of the codes of a few hundred
 * bytes, as to inflate them. What is broken, large or unusual is left to node:zlib.
 */
import { openModule } from "../wasm/instance.ts";
import { moduleOf } from "../wasm/module.ts";
import { adler } from "./adler-32.ts";
import { inflate } from "./inflate-blocks.ts";
import { build, long } from "./inflate-codes.ts";
import {
  DISTANCE_MEANINGS,
  DISTANCES,
  END,
  fixedDistances,
  fixedLiterals,
  IN,
  LENGTH_CODE_MEANINGS,
  LENGTHS,
  LITERAL,
  LITERAL_MEANINGS,
  LITERALS,
  MEMORY,
  MOST_IN,
  MOST_OUT,
  ORDER,
  OUT,
} from "./inflate-places.ts";
import { tables } from "./inflate-tables.ts";

interface Functions {
  build(lengths: number, count: number, meanings: number, code: number, width: number): number;
  inflate(from: number, to: number, out: number, outEnd: number): number;
  adler(from: number, to: number): number;
}

/** Returns the bytes, valid until the next call; undefined for what is broken, is not `size` bytes, or is not read here. */
export type InflateSmall = (deflated: Uint8Array, size: number) => Buffer | undefined;

/** Streams after which it is opened: until then node:zlib is done before it would be. */
const OPENED_AFTER = 256;

/** @param openedAfter - streams that are left to node:zlib at first */
export function createInflateSmall(openedAfter: number = OPENED_AFTER): InflateSmall {
  let left = openedAfter;
  let opened: InflateSmall | undefined;
  return (deflated, size) => {
    if (opened !== undefined) return opened(deflated, size);
    if (left-- !== 0) return undefined;
    opened = open();
    return opened?.(deflated, size);
  };
}

/** @returns undefined where the runtime has no WebAssembly, or no memory for it */
function open(): InflateSmall | undefined {
  const module = { build: build(), long: long(), tables: tables(), inflate: inflate(), adler: adler() };
  const opened = openModule<Functions>(moduleOf(module), MEMORY);
  if (opened === undefined) return undefined;
  const { memory, functions } = opened;
  fill(memory, functions);
  return (deflated, size) => {
    const { length } = deflated;
    if (length > MOST_IN || size > MOST_OUT || length < 8) return undefined;
    // Deflated, with a window of 32 KiB and without a dictionary.
    if (deflated[0] !== 0x78 || (deflated[1] as number) & 0x20 || (0x7800 + (deflated[1] as number)) % 31 !== 0)
      return undefined;
    memory.set(deflated, IN);
    const end = functions.inflate(IN + 2, IN + length, OUT, OUT + size);
    if (end === 0 || end + 4 > IN + length) return undefined;
    if (memory.readInt32BE(end) !== functions.adler(OUT, OUT + size)) return undefined;
    return memory.subarray(OUT, OUT + size);
  };
}

/** What symbols mean (3.2.5, 3.2.7), and the fixed codes (3.2.6). */
function fill(memory: Buffer, { build }: Functions): void {
  const meaning = (at: number, symbol: number, base: number, extra: number): void => {
    memory.writeUInt32LE(base * 0x10000 + extra * 0x100, at + symbol * 4);
  };
  for (let byte = 0; byte < 256; byte++) meaning(LITERAL_MEANINGS, byte, byte, LITERAL >> 8);
  meaning(LITERAL_MEANINGS, 256, 0, END >> 8);
  for (let n = 0, base = 3; n < 28; n++) {
    const extra = n < 8 ? 0 : (n >> 2) - 1;
    meaning(LITERAL_MEANINGS, 257 + n, base, extra);
    base += 1 << extra;
  }
  meaning(LITERAL_MEANINGS, 285, 258, 0);
  for (let n = 0, base = 1; n < 30; n++) {
    const extra = n < 4 ? 0 : (n >> 1) - 1;
    meaning(DISTANCE_MEANINGS, n, base, extra);
    base += 1 << extra;
  }
  for (let length = 0; length < 16; length++) meaning(LENGTH_CODE_MEANINGS, length, length, LITERAL >> 8);
  meaning(LENGTH_CODE_MEANINGS, 16, 3, (END >> 8) | 2);
  meaning(LENGTH_CODE_MEANINGS, 17, 3, 3);
  meaning(LENGTH_CODE_MEANINGS, 18, 11, 7);
  memory.set([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15], ORDER);
  memory
    .fill(8, LENGTHS, LENGTHS + 144)
    .fill(9, LENGTHS + 144, LENGTHS + 256)
    .fill(7, LENGTHS + 256, LENGTHS + 280);
  memory.fill(8, LENGTHS + 280, LENGTHS + LITERALS);
  build(LENGTHS, LITERALS, LITERAL_MEANINGS, fixedLiterals.at, fixedLiterals.width);
  memory.fill(5, LENGTHS, LENGTHS + DISTANCES);
  build(LENGTHS, DISTANCES, DISTANCE_MEANINGS, fixedDistances.at, fixedDistances.width);
}
