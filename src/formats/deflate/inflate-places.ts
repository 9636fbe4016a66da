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

/** What is read next while one function calls another: its address, how many bits are held, and these. */
export const STATE = 0;
let used = 64;
const room = (bytes: number): number => {
  const at = used;
  used += (bytes + 15) & ~15;
  return at;
};
const codePlaces = (width: number, meanings: number): CodePlaces => ({
  meanings,
  // What is copied to twice its size is copied in eights of bytes.
  at: room(TABLE + (1 << width) * 4 + 16),
  width,
});

export const LITERALS = 288;
export const DISTANCES = 32;
export const LENGTH_CODES = 19;

export const LITERAL_MEANINGS = room(LITERALS * 4);
export const DISTANCE_MEANINGS = room(DISTANCES * 4);
export const LENGTH_CODE_MEANINGS = room(LENGTH_CODES * 4);
export const literals = codePlaces(10, LITERAL_MEANINGS);
export const distances = codePlaces(8, DISTANCE_MEANINGS);
export const lengthCodes = codePlaces(7, LENGTH_CODE_MEANINGS);
export const fixedLiterals = codePlaces(9, LITERAL_MEANINGS);
export const fixedDistances = codePlaces(5, DISTANCE_MEANINGS);
/** Lengths of codes, one a byte; those of literals and distances follow each other. */
export const LENGTHS = room(320 + 16);
/** In which order the lengths of the codes of lengths come (3.2.7). */
export const ORDER = room(LENGTH_CODES);

/** Bytes of a stream that is inflated here, and of what it becomes. */
export const MOST_IN = 64 * 1024;
export const MOST_OUT = 64 * 1024;
/** Copies are written in eights of bytes. */
const OUT_SLACK = 512;
/** Bits of a length and a distance with all that belongs to them, in bytes: no byte of what is written takes more. */
const MOST_OF_SYMBOL = 6;
export const OUT = room(MOST_OUT + OUT_SLACK);
export const IN = room(MOST_IN + MOST_OUT * MOST_OF_SYMBOL + OUT_SLACK);
export const MEMORY = used;

/** What an entry says above its lowest byte: how many further bits, what kind, and in the upper half the value that they are added to. */
export const LITERAL = 0x4000;
export const END = 0x8000;
/** In place of a meaning: the code is longer than the table is wide. */
export const LONGER = 0x2000;
export const EXTRA = 0x0f;
