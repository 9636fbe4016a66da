/** Inflating in WebAssembly: blocks (RFC 1951, 3.2.3). */
import {
  again,
  type Code,
  call,
  copyMemory,
  either,
  forever,
  get,
  i32,
  i64,
  increase,
  leave,
  set,
  tee,
  until,
  type WasmFunction,
  when,
} from "../wasm/module.ts";
import { LONG, TABLES } from "./inflate-codes.ts";
import {
  type CodePlaces,
  distances,
  END,
  fixedDistances,
  fixedLiterals,
  LITERAL,
  LONGER,
  literals,
  TABLE,
} from "./inflate-places.ts";
import { failWhen, length8, ones, reader } from "./inflate-reader.ts";

/**
 * `inflate(in, inEnd, out, outEnd)`: blocks (3.2.3) until the last. They are to fill the room for them.
 *
 * Returns where the checksum behind them begins; 0 where they are broken, or do not fill it.
 */
export function inflate(): WasmFunction {
  const [input, inEnd, out, outEnd, bits, entry, length, distance, isLast, extra] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const [literalMask, distanceMask, start, hold] = [10, 11, 12, 13];
  const { low, take, refill, value, save, restore } = reader(input, bits, hold);
  const decode = ({ at }: CodePlaces, mask: number): Code => [
    set(entry, i32.load(i32.shiftLeft(i32.and(low, get(mask)), i32.of(2)), at + TABLE)),
    take(length8(entry)),
  ];
  const longer = ({ at, meanings }: CodePlaces): Code => [
    set(entry, call(LONG, low, i32.of(meanings), i32.of(at))),
    take(length8(entry)),
  ];
  const is = (kind: number): Code => i32.and(get(entry), i32.of(kind));
  const write: Code = [i32.store8(get(out), i32.shiftRight(get(entry), i32.of(16))), increase(out, i32.of(1))];
  const literal = decode(literals, literalMask);
  const block: Code = forever(
    // Three literals may go over the end, and no more: there is room for them.
    failWhen(i32.isGreater(get(out), get(outEnd))),
    refill,
    literal,
    when(is(LITERAL), write, literal, when(is(LITERAL), write, literal, when(is(LITERAL), write, again(3)))),
    when(
      is(END | LONGER),
      when(is(LONGER), refill, longer(literals), when(is(LITERAL), write, again(3))),
      when(is(END), leave(2)),
    ),
    value(entry, length, extra),
    refill,
    decode(distances, distanceMask),
    when(is(LONGER), longer(distances)),
    value(entry, distance, extra),
    failWhen(i32.isGreater(get(distance), i32.subtract(get(out), get(start)))),
    // No symbol of which the code is unknown or that has no meaning stands for a length or a distance.
    failWhen(i32.or(i32.isZero(get(length)), i32.isZero(get(distance)))),
    failWhen(i32.isGreater(i32.add(get(out), get(length)), get(outEnd))),
    copy(out, length, distance, entry),
  );
  const useFixed = (from: CodePlaces, to: CodePlaces, mask: number): Code => [
    copyMemory(i32.of(to.at + TABLE), i32.of(from.at + TABLE), i32.of(4 << from.width)),
    set(mask, i32.of((1 << from.width) - 1)),
  ];
  const asStored: Code = [
    // Bytes that are held were not read yet.
    set(input, i32.subtract(get(input), i32.shiftRight(get(bits), i32.of(3)))),
    set(bits, i32.of(0)),
    set(hold, i64.of(0)),
    set(length, i32.load16(get(input))),
    failWhen(i32.xor(i32.xor(get(length), i32.load16(get(input), 2)), i32.of(0xffff))),
    increase(input, i32.of(4)),
    failWhen(i32.isGreater(get(length), i32.subtract(get(outEnd), get(out)))),
    copyMemory(get(out), get(input), get(length)),
    increase(out, get(length)),
    increase(input, get(length)),
  ];
  return {
    parameters: 4,
    locals: 9,
    longs: 1,
    returns: true,
    code: [
      set(start, get(out)),
      // As far as eight bytes that are held go beyond those that are used.
      increase(inEnd, i32.of(8)),
      until(
        get(isLast),
        failWhen(i32.isGreater(get(input), get(inEnd))),
        refill,
        set(isLast, i32.and(low, i32.of(1))),
        set(entry, i32.and(i32.shiftRight(low, i32.of(1)), i32.of(3))),
        take(i32.of(3)),
        when(i32.isZero(get(entry)), asStored, again(1)),
        failWhen(i32.isEqual(get(entry), i32.of(3))),
        either(
          i32.isEqual(get(entry), i32.of(1)),
          [useFixed(fixedLiterals, literals, literalMask), useFixed(fixedDistances, distances, distanceMask)],
          [
            save,
            failWhen(i32.isZero(tee(entry, call(TABLES)))),
            restore,
            set(literalMask, ones(length8(entry))),
            set(distanceMask, ones(i32.shiftRight(get(entry), i32.of(8)))),
          ],
        ),
        block,
      ),
      failWhen(i32.xor(get(out), get(outEnd))),
      i32.subtract(get(input), i32.shiftRight(get(bits), i32.of(3))),
    ],
  };
}

/** Copies what was written `distance` bytes before; up to seven bytes too many, for which there is room. */
function copy(out: number, length: number, distance: number, end: number): Code {
  const from = i32.subtract(get(out), get(distance));
  return [
    set(end, i32.add(get(out), get(length))),
    either(
      i32.isLess(get(distance), i32.of(8)),
      until(i32.isEqual(get(out), get(end)), i32.store8(get(out), i32.load8(from)), increase(out, i32.of(1))),
      [
        // Most are short: what is written too much costs less than to ask.
        i64.store(get(out), i64.load(from)),
        increase(out, i32.of(8)),
        i64.store(get(out), i64.load(from)),
        increase(out, i32.of(8)),
        until(i32.isAtLeast(get(out), get(end)), i64.store(get(out), i64.load(from)), increase(out, i32.of(8))),
        set(out, get(end)),
      ],
    ),
  ];
}
