/** What symbols of deflated bytes mean, and the codes that are fixed. */
import {
  DISTANCE_MEANINGS,
  DISTANCES,
  END,
  fixedDistances,
  fixedLiterals,
  LENGTH_CODE_MEANINGS,
  LENGTHS,
  LITERAL,
  LITERAL_MEANINGS,
  LITERALS,
  LONGER,
  ORDER,
} from "./inflate-places.ts";
import { BELOW } from "./inflate-reader.ts";

export interface TableBuilder {
  build(lengths: number, count: number, meanings: number, code: number, width: number): number;
}

/** What symbols mean (3.2.5, 3.2.7), and the fixed codes (3.2.6). */
export function fillMeanings(memory: Buffer, { build }: TableBuilder): void {
  const meaning = (at: number, symbol: number, base: number, extra: number): void => {
    memory.writeUInt32LE(base * 0x10000 + extra + BELOW * 0x100, at + symbol * 4);
  };
  for (let byte = 0; byte < 256; byte++) meaning(LITERAL_MEANINGS, byte, byte, LITERAL);
  meaning(LITERAL_MEANINGS, 256, 0, END);
  for (let n = 0, base = 3; n < 28; n++) {
    const extra = n < 8 ? 0 : (n >> 2) - 1;
    meaning(LITERAL_MEANINGS, 257 + n, base, extra);
    base += 1 << extra;
  }
  meaning(LITERAL_MEANINGS, 285, 258, 0);
  for (const none of [286, 287]) meaning(LITERAL_MEANINGS, none, 0, LONGER);
  for (const none of [30, 31]) meaning(DISTANCE_MEANINGS, none, 0, LONGER);
  for (let n = 0, base = 1; n < 30; n++) {
    const extra = n < 4 ? 0 : (n >> 1) - 1;
    meaning(DISTANCE_MEANINGS, n, base, extra);
    base += 1 << extra;
  }
  for (let length = 0; length < 16; length++) meaning(LENGTH_CODE_MEANINGS, length, length, LITERAL);
  meaning(LENGTH_CODE_MEANINGS, 16, 3, END | 2);
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
