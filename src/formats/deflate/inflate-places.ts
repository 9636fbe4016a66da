/** Inflating in WebAssembly: where in the memory what is. */

/** One kind of code. Its memory holds how many codes there are of each length, its symbols in order, and its table. */
export interface CodePlaces {
  /** What its symbols mean, four bytes each. */
  readonly meanings: number;
  readonly at: number;
  /** Bits of the table at most. */
  readonly width: number;
}

/** Within the memory of a code: four bytes a length, and behind them where the symbols of each begin. */
export const STARTS = 64;
/** Two bytes a symbol. */
export const SYMBOLS = 128;
/** Four bytes for each value of the next bits: what they mean, and in the lowest byte how many they are. */
export const TABLE = 704;

/** Within {@link STATE}: what the functions keep from one call to the next. */
export const KEPT = {
  /** Address of what is read next, how many bits are held, and these, in eight bytes. */
  input: 0,
  bits: 4,
  hold: 8,
  /** Where the next byte goes, and the first one that may be copied. */
  out: 16,
  start: 20,
  mode: 24,
  isLast: 28,
  /** Of a stored block, bytes that are to come. */
  left: 32,
  literalMask: 36,
  distanceMask: 40,
} as const;
export const STATE = 0;
export const KEPT_BYTES = 64;
let used = KEPT_BYTES;
const room = (bytes: number): number => {
  const at = used;
  used += (bytes + 15) & ~15;
  return at;
};
const codePlaces = (width: number, meanings: number): CodePlaces => ({
  meanings,
  // What is copied to twice its size is copied in sixteens of bytes.
  at: room(TABLE + (1 << width) * 4 + 16),
  width,
});

export const LITERALS = 288;
export const DISTANCES = 32;
export const LENGTH_CODES = 19;

export const LITERAL_MEANINGS = room(LITERALS * 4);
export const DISTANCE_MEANINGS = room(DISTANCES * 4);
export const LENGTH_CODE_MEANINGS = room(LENGTH_CODES * 4);
export const literals = codePlaces(12, LITERAL_MEANINGS);
export const distances = codePlaces(9, DISTANCE_MEANINGS);
export const lengthCodes = codePlaces(7, LENGTH_CODE_MEANINGS);
export const fixedLiterals = codePlaces(9, LITERAL_MEANINGS);
export const fixedDistances = codePlaces(5, DISTANCE_MEANINGS);
/** Lengths of codes, one a byte; those of literals and distances follow each other. */
export const LENGTHS = room(320 + 16);
/** In which order the lengths of the codes of lengths come (3.2.7). */
export const ORDER = room(LENGTH_CODES);

/** What lies behind all this is the caller's. */
export const TABLES_END = used;

/**
 * What an entry says: in its lowest byte bits of its code and those behind it, then how many are of the code, what kind it is, and in the
 * upper half the value that the bits behind are added to.
 */
export const LITERAL = 0x4000;
export const END = 0x8000;
/** In place of a meaning: the code is longer than the table is wide. */
export const LONGER = 0x2000;
/** What the length of a code is multiplied by where it becomes part of an entry. */
export const CODE_BITS = 0x101;
