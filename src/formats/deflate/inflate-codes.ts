/** Inflating in WebAssembly: tables of canonical codes (RFC 1951, 3.2.2). */
import { type Code, get, i32, i64, increase, set, tee, until, v128, type WasmFunction, when } from "../wasm/module.ts";
import { CODE_BITS, LONGER, STARTS, SYMBOLS, TABLE } from "./inflate-places.ts";
import { failWhen } from "./inflate-reader.ts";

/** The functions of the module, by their numbers. */
export const [BUILD, TABLES, SYMBOLS_OF, INFLATE, ADLER, WHOLE] = [0, 1, 2, 3, 4, 5];

const [lengths, count, meanings, places, width] = [0, 1, 2, 3, 4];
const [i, length, left, first, most, code, size, next, end, entry, bitsOf] = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const [used, symbol] = [16, 17];
const word = (base: number, index: Code): Code => i32.add(get(base), i32.shiftLeft(index, i32.of(2)));
const power = (of: Code): Code => i32.shiftLeft(i32.of(1), of);
const below = (of: Code): Code => i32.subtract(of, i32.of(1));
/** From its first bit on: the last zero becomes a one, and the ones behind it zeros. */
const nextCode: Code = [
  set(entry, power(i32.subtract(i32.of(31), i32.leadingZeros(i32.xor(get(code), below(power(get(length)))))))),
  set(code, i32.or(i32.and(get(code), below(get(entry))), get(entry))),
];
/** Of the next symbol. */
const meant: Code = i32.add(i32.load(word(meanings, i32.load16(get(next), SYMBOLS))), get(bitsOf));
const ofThisLength: Code = [
  set(bitsOf, i32.multiply(get(length), i32.of(CODE_BITS))),
  set(end, i32.add(get(next), i32.shiftLeft(i32.load(word(places, get(length))), i32.of(1)))),
];

const ZEROS = v128.of(...new Uint8Array(16));
/** For each symbol that has a code, with the place of its length's count: most have none, and sixteen are passed over at once. */
const eachCode = (body: Code): Code => [
  set(i, i32.of(0)),
  until(
    i32.isAtLeast(get(i), get(count)),
    set(used, v128.bits(v128.isEqual(v128.load(i32.add(get(lengths), get(i))), ZEROS))),
    set(used, i32.xor(get(used), i32.of(0xffff))),
    set(size, i32.subtract(get(count), get(i))),
    // What lies behind them is of others.
    when(i32.isLess(get(size), i32.of(16)), set(used, i32.and(get(used), below(power(get(size)))))),
    until(
      i32.isZero(get(used)),
      set(symbol, i32.add(get(i), i32.trailingZeros(get(used)))),
      set(used, i32.and(get(used), below(get(used)))),
      set(entry, word(places, i32.load8(i32.add(get(lengths), get(symbol))))),
      body,
    ),
    increase(i, i32.of(16)),
  ),
];

/** How many codes there are of each length, and where their symbols begin. */
const counted: Code = [
  Array.from({ length: 8 }, (_, n) => i64.store(get(places), i64.of(0), n * 8)),
  eachCode(i32.store(get(entry), i32.add(i32.load(get(entry)), i32.of(1)))),
  set(left, i32.of(1)),
  set(length, i32.of(1)),
  until(
    i32.isAtLeast(get(length), i32.of(16)),
    set(entry, word(places, get(length))),
    set(left, i32.subtract(i32.shiftLeft(get(left), i32.of(1)), tee(end, i32.load(get(entry))))),
    // Below zero.
    failWhen(i32.isGreater(get(left), i32.of(0x10000))),
    i32.store(get(entry), get(first), STARTS),
    increase(first, get(end)),
    when(get(end), set(most, get(length))),
    increase(length, i32.of(1)),
  ),
];

/** Symbols by the lengths of their codes. */
const sorted: Code = eachCode([
  set(next, i32.load(get(entry), STARTS)),
  i32.store16(i32.add(get(places), i32.shiftLeft(get(next), i32.of(1))), get(symbol), SYMBOLS),
  i32.store(get(entry), i32.add(get(next), i32.of(1)), STARTS),
]);

/**
 * Codes stand in the table with their first bit lowest, and once for each value of the bits behind them: what there is of shorter ones
 * is copied to twice the size, again and again.
 */
const shorter: Code = [
  i32.store(get(places), i32.of(LONGER), TABLE),
  set(size, i32.of(4)),
  set(length, i32.of(1)),
  set(next, get(places)),
  until(
    i32.isGreater(get(length), get(width)),
    set(i, i32.of(0)),
    until(
      i32.isAtLeast(get(i), get(size)),
      set(entry, i32.add(get(places), get(i))),
      v128.store(i32.add(get(entry), get(size)), v128.load(get(entry), TABLE), TABLE),
      increase(i, i32.of(16)),
    ),
    set(size, i32.shiftLeft(get(size), i32.of(1))),
    ofThisLength,
    until(
      i32.isEqual(get(next), get(end)),
      i32.store(word(places, get(code)), meant, TABLE),
      increase(next, i32.of(2)),
      nextCode,
    ),
    increase(length, i32.of(1)),
  ),
];

/** Those that begin alike follow each other, so that the last table is theirs, which ends at `size`. */
const [prefix, more, table] = [first, left, i];
const longer: Code = [
  set(prefix, i32.of(-1)),
  until(
    i32.isGreater(get(length), get(most)),
    ofThisLength,
    until(
      i32.isEqual(get(next), get(end)),
      set(entry, i32.and(get(code), below(power(get(width))))),
      when(
        i32.xor(get(entry), get(prefix)),
        set(prefix, get(entry)),
        set(more, i32.subtract(get(length), get(width))),
        // As many bits as its codes fill it with: of a code that is complete some do.
        set(entry, i32.shiftRight(i32.subtract(get(end), get(next)), i32.of(1))),
        until(
          i32.isAtLeast(get(entry), power(get(more))),
          increase(more, i32.of(1)),
          set(
            entry,
            i32.add(i32.shiftLeft(get(entry), i32.of(1)), i32.load(word(places, i32.add(get(width), get(more))))),
          ),
        ),
        set(table, get(size)),
        increase(size, i32.shiftLeft(i32.of(4), get(more))),
        i32.store(
          word(places, get(prefix)),
          i32.or(i32.or(i32.shiftLeft(get(table), i32.of(16)), i32.shiftLeft(get(more), i32.of(8))), i32.of(LONGER)),
          TABLE,
        ),
      ),
      set(entry, i32.add(get(table), i32.shiftLeft(i32.shiftRight(get(code), get(width)), i32.of(2)))),
      until(
        i32.isAtLeast(get(entry), get(size)),
        i32.store(i32.add(get(places), get(entry)), meant, TABLE),
        increase(entry, i32.shiftLeft(i32.of(4), i32.subtract(get(length), get(width)))),
      ),
      increase(next, i32.of(2)),
      nextCode,
    ),
    increase(length, i32.of(1)),
  ),
];

/**
 * `build(lengths, count, meanings, code, width)`: makes the table of a canonical code (3.2.2). It is always as wide as that: the mask
 * of a look into it is then no local, for which there are hardly registers.
 *
 * Returns 0 where there are too many codes, or some bits are none.
 */
export function build(): WasmFunction {
  return {
    parameters: 5,
    locals: 13,
    returns: true,
    code: [counted, sorted, shorter, failWhen(get(left)), longer, i32.of(1)],
  };
}
