/** Inflating in WebAssembly: tables of canonical codes (RFC 1951, 3.2.2). */
import {
  type Code,
  get,
  giveBack,
  i32,
  i64,
  increase,
  set,
  tee,
  until,
  v128,
  type WasmFunction,
  when,
} from "../wasm/module.ts";
import { CODE_BITS, LONGER, STARTS, SYMBOLS, TABLE } from "./inflate-places.ts";

/** The functions of the module, by their numbers. */
export const [BUILD, LONG, TABLES, SYMBOLS_OF, INFLATE, ADLER, WHOLE] = [0, 1, 2, 3, 4, 5, 6];
/** What building a table says of a code: bits of its table, or that it is none. */
const OVER = -1;
const INCOMPLETE = 0x100;
const ZEROS = v128.of(...new Uint8Array(16));

/**
 * `build(lengths, count, meanings, code, width)`: makes the table of a canonical code (3.2.2).
 *
 * Returns how many bits it takes, with INCOMPLETE where some bits are no code, or OVER where there are too many codes.
 */
export function build(): WasmFunction {
  const [lengths, count, meanings, places, width] = [0, 1, 2, 3, 4];
  const [i, length, left, first, most, code, size, next, end, entry, bitsOf] = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
  const [used, symbol] = [16, 17];
  const word = (base: number, index: Code): Code => i32.add(get(base), i32.shiftLeft(index, i32.of(2)));
  /** Most symbols have no code: sixteen are passed over at once. */
  const eachCode = (body: Code): Code => [
    set(i, i32.of(0)),
    until(
      i32.isAtLeast(get(i), get(count)),
      set(used, v128.bits(v128.isEqual(v128.load(i32.add(get(lengths), get(i))), ZEROS))),
      set(used, i32.xor(get(used), i32.of(0xffff))),
      set(left, i32.subtract(get(count), get(i))),
      // What lies behind them is of others.
      when(
        i32.isLess(get(left), i32.of(16)),
        set(used, i32.and(get(used), i32.subtract(i32.shiftLeft(i32.of(1), get(left)), i32.of(1)))),
      ),
      until(
        i32.isZero(get(used)),
        set(symbol, i32.add(get(i), i32.trailingZeros(get(used)))),
        set(used, i32.and(get(used), i32.subtract(get(used), i32.of(1)))),
        set(entry, word(places, i32.load8(i32.add(get(lengths), get(symbol))))),
        body,
      ),
      increase(i, i32.of(16)),
    ),
  ];
  return {
    parameters: 5,
    locals: 13,
    returns: true,
    code: [
      Array.from({ length: 8 }, (_, n) => i64.store(get(places), i64.of(0), n * 8)),
      eachCode(i32.store(get(entry), i32.add(i32.load(get(entry)), i32.of(1)))),
      set(left, i32.of(1)),
      set(length, i32.of(1)),
      until(
        i32.isAtLeast(get(length), i32.of(16)),
        set(entry, word(places, get(length))),
        set(left, i32.subtract(i32.shiftLeft(get(left), i32.of(1)), tee(end, i32.load(get(entry))))),
        // Below zero.
        when(i32.isGreater(get(left), i32.of(0x10000)), giveBack(i32.of(OVER))),
        i32.store(get(entry), get(first), STARTS),
        increase(first, get(end)),
        when(get(end), set(most, get(length))),
        increase(length, i32.of(1)),
      ),
      set(bitsOf, get(left)),
      eachCode([
        set(next, i32.load(get(entry), STARTS)),
        i32.store16(i32.add(get(places), i32.shiftLeft(get(next), i32.of(1))), get(symbol), SYMBOLS),
        i32.store(get(entry), i32.add(get(next), i32.of(1)), STARTS),
      ]),
      set(left, get(bitsOf)),
      when(i32.isLess(get(most), get(width)), set(width, get(most))),
      // Codes stand in the table with their first bit lowest, and once for each value of the bits behind them: what there is
      // of shorter ones is copied to twice the size, again and again.
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
        set(bitsOf, i32.multiply(get(length), i32.of(CODE_BITS))),
        set(end, i32.add(get(next), i32.shiftLeft(i32.load(word(places, get(length))), i32.of(1)))),
        until(
          i32.isEqual(get(next), get(end)),
          i32.store(
            word(places, get(code)),
            i32.add(i32.load(word(meanings, i32.load16(get(next), SYMBOLS))), get(bitsOf)),
            TABLE,
          ),
          increase(next, i32.of(2)),
          // The next code, from its first bit on: the last zero becomes a one, and the ones behind it zeros.
          set(
            entry,
            i32.shiftLeft(
              i32.of(1),
              i32.subtract(
                i32.of(31),
                i32.leadingZeros(i32.xor(get(code), i32.subtract(i32.shiftLeft(i32.of(1), get(length)), i32.of(1)))),
              ),
            ),
          ),
          set(code, i32.or(i32.and(get(code), i32.subtract(get(entry), i32.of(1))), get(entry))),
        ),
        increase(length, i32.of(1)),
      ),
      when(get(left), giveBack(i32.or(get(width), i32.of(INCOMPLETE)))),
      get(width),
    ],
  };
}

/** `long(bits, meanings, code)`: the entry of a code by one bit after the other; LONGER where they are none. */
export function long(): WasmFunction {
  const [bits, meanings, places, length, code, first, index, count] = [0, 1, 2, 3, 4, 5, 6, 7];
  return {
    parameters: 3,
    locals: 5,
    returns: true,
    code: [
      set(length, i32.of(1)),
      until(
        i32.isAtLeast(get(length), i32.of(16)),
        set(code, i32.or(get(code), i32.and(get(bits), i32.of(1)))),
        set(bits, i32.shiftRight(get(bits), i32.of(1))),
        set(count, i32.load(i32.add(get(places), i32.shiftLeft(get(length), i32.of(2))))),
        when(
          i32.isLess(i32.subtract(get(code), get(first)), get(count)),
          increase(index, i32.subtract(get(code), get(first))),
          set(index, i32.load16(i32.add(get(places), i32.shiftLeft(get(index), i32.of(1))), SYMBOLS)),
          set(index, i32.load(i32.add(get(meanings), i32.shiftLeft(get(index), i32.of(2))))),
          giveBack(i32.add(get(index), i32.multiply(get(length), i32.of(CODE_BITS)))),
        ),
        increase(index, get(count)),
        set(first, i32.shiftLeft(i32.add(get(first), get(count)), i32.of(1))),
        set(code, i32.shiftLeft(get(code), i32.of(1))),
        increase(length, i32.of(1)),
      ),
      i32.of(LONGER),
    ],
  };
}
