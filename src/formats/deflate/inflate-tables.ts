/** Inflating in WebAssembly: the codes that a block brings along. */
import {
  type Code,
  call,
  either,
  get,
  i32,
  i64,
  increase,
  set,
  until,
  v128,
  type WasmFunction,
  when,
} from "../wasm/module.ts";
import { BUILD } from "./inflate-codes.ts";
import {
  type CodePlaces,
  distances,
  END,
  LENGTH_CODES,
  LENGTHS,
  LITERAL,
  lengthCodes,
  literals,
  ORDER,
  STATE,
  TABLE,
} from "./inflate-places.ts";
import { BELOW, failWhen, length8, maskOf, reader, value } from "./inflate-reader.ts";

const failUnlessBuilt = (of: CodePlaces, lengths: Code, count: Code): Code =>
  failWhen(i32.isZero(call(BUILD, ...[lengths, count, i32.of(of.meanings), i32.of(of.at), i32.of(of.width)])));

/**
 * `tables()`: reads the codes of a block that has its own (3.2.7), from the bits of {@link STATE} on.
 *
 * Returns 0 where they are broken or unusual.
 */
export function tables(): WasmFunction {
  const [input, bits, entry, at, end, count, literalCount, repeat, saved, hold] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const { low, raised, take, refill, save, restore } = reader(input, bits, hold);
  return {
    parameters: 0,
    locals: 9,
    longs: 1,
    returns: true,
    code: [
      restore,
      refill,
      set(literalCount, i32.add(i32.and(low, i32.of(31)), i32.of(257))),
      set(end, i32.add(get(literalCount), i32.add(i32.and(i32.shiftRight(low, i32.of(5)), i32.of(31)), i32.of(1)))),
      set(count, i32.add(i32.and(i32.shiftRight(low, i32.of(10)), i32.of(15)), i32.of(4))),
      take(i32.of(14)),
      failWhen(i32.isGreater(get(literalCount), i32.of(286))),
      failWhen(i32.isGreater(i32.subtract(get(end), get(literalCount)), i32.of(30))),
      [0, 8, 16].map((offset) => i64.store(i32.of(LENGTHS), i64.of(0), offset)),
      until(
        i32.isAtLeast(get(at), get(count)),
        when(i32.isLess(get(bits), i32.of(3 + BELOW)), refill),
        i32.store8(i32.load8(get(at), ORDER), i32.and(low, i32.of(7)), LENGTHS),
        take(i32.of(3)),
        increase(at, i32.of(1)),
      ),
      failUnlessBuilt(lengthCodes, i32.of(LENGTHS), i32.of(LENGTH_CODES)),
      set(at, i32.of(0)),
      until(
        i32.isAtLeast(get(at), get(end)),
        when(i32.isLess(get(bits), i32.of(14 + BELOW)), refill),
        set(entry, i32.load(i32.and(raised, maskOf(lengthCodes.width)), lengthCodes.at + TABLE)),
        set(saved, raised),
        take(length8(entry)),
        either(
          i32.and(get(entry), i32.of(LITERAL)),
          [i32.store8(get(at), i32.shiftRight(get(entry), i32.of(16)), LENGTHS), increase(at, i32.of(1))],
          [
            set(repeat, i32.of(0)),
            when(
              i32.and(get(entry), i32.of(END)),
              failWhen(i32.isZero(get(at))),
              set(repeat, i32.load8(get(at), LENGTHS - 1)),
            ),
            set(count, value(entry, get(saved))),
            set(count, i32.add(get(at), get(count))),
            failWhen(i32.isGreater(get(count), get(end))),
            until(
              i32.isAtLeast(get(at), get(count)),
              v128.store(get(at), v128.splat(get(repeat)), LENGTHS),
              increase(at, i32.of(16)),
            ),
            set(at, get(count)),
          ],
        ),
      ),
      save,
      failUnlessBuilt(literals, i32.of(LENGTHS), get(literalCount)),
      failWhen(i32.isZero(i32.load8(i32.of(LENGTHS + 256)))),
      failUnlessBuilt(
        distances,
        i32.add(i32.of(LENGTHS), get(literalCount)),
        i32.subtract(get(end), get(literalCount)),
      ),
      i32.of(1),
    ],
  };
}
