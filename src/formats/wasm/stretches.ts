/**
 * Stretches that two texts have in common, in WebAssembly: those that begin where a line does, as one reading of both finds
 * them. They are not the most that there are: to look for those takes longer than it saves.
 */
import {
  type Code,
  call,
  get,
  giveBack,
  i32,
  i64,
  increase,
  leave,
  set,
  until,
  v128,
  type WasmFunction,
  when,
} from "./module.ts";

export interface StretchPlaces {
  /** Of a table of lines: {@link TABLE_BYTES}, which are 0 before each call. */
  readonly table: number;
  /** Where stretches go: {@link MOST_STRETCHES} of {@link STRETCH_BYTES}. */
  readonly found: number;
  /** Of the function `prefix(left, right, most)` in the module. */
  readonly prefix: number;
}

const SLOT_BITS = 10;
export const TABLE_BYTES = 4 << SLOT_BITS;
export const MOST_STRETCHES = 32;
/** Where it begins in either text, and its length: four bytes each. */
export const STRETCH_BYTES = 12;

/** Bytes from the start of a line on by which it is looked for. */
const TOLD_BY = 16;
const FEEDS = v128.of(...Array.from({ length: 16 }, () => 0x0a));
/** Odd, with bits all over: what is multiplied by them spreads (2^32 over the golden ratio, and a prime of xxHash). */
const [FIRST, SECOND] = [0x9e3779b1 | 0, 0x85ebca77 | 0];

/**
 * `stretches(left, leftEnd, right, rightEnd, least)`, by addresses: of at least so many bytes, one behind the other in both
 * texts. Up to fifteen bytes behind each text are read.
 *
 * Returns the address behind the last one.
 */
export function stretches({ table, found, prefix }: StretchPlaces): WasmFunction {
  const [left, leftEnd, right, rightEnd, least] = [0, 1, 2, 3, 4];
  const [feeds, place, slot, length, out, from, candidate, hash] = [5, 6, 7, 8, 9, 10, 11, 12];
  const slotOfLine: Code = [
    set(hash, i64.xor(i64.load(get(place)), i64.multiply(i64.load(get(place), 8), i64.of(FIRST)))),
    set(hash, i64.multiply(get(hash), i64.of(SECOND))),
    set(hash, i64.multiply(i64.xor(get(hash), i64.shiftRight(get(hash), i64.of(32))), i64.of(FIRST))),
    set(slot, i32.shiftLeft(i32.lowOf(i64.shiftRight(get(hash), i64.of(64 - SLOT_BITS))), i32.of(2))),
  ];
  const eachLine = (at: number, end: number, body: Code): Code =>
    until(
      i32.isAtLeast(get(at), get(end)),
      set(feeds, v128.bits(v128.isEqual(v128.load(get(at)), FEEDS))),
      until(
        i32.isZero(get(feeds)),
        set(place, i32.add(i32.add(get(at), i32.trailingZeros(get(feeds))), i32.of(1))),
        set(feeds, i32.and(get(feeds), i32.subtract(get(feeds), i32.of(1)))),
        when(i32.isGreater(i32.add(get(place), i32.of(TOLD_BY)), get(end)), leave(1)),
        slotOfLine,
        body,
      ),
      increase(at, i32.of(16)),
    );
  const note: Code = [
    [get(candidate), get(place), get(length)].map((value, nth) => i32.store(get(out), value, 4 * nth)),
    increase(out, i32.of(STRETCH_BYTES)),
    when(i32.isEqual(get(out), i32.of(found + MOST_STRETCHES * STRETCH_BYTES)), giveBack(get(out))),
    set(from, i32.add(get(candidate), get(length))),
    // On with the last byte of it, which may end a line.
    set(feeds, i32.of(0)),
    set(right, i32.add(get(place), i32.subtract(get(length), i32.of(1 + 16)))),
  ];
  return {
    parameters: 5,
    locals: 7,
    longs: 1,
    returns: true,
    code: [
      set(out, i32.of(found)),
      set(from, get(left)),
      // Of lines that are the same the first one counts.
      eachLine(left, leftEnd, when(i32.isZero(i32.load(get(slot), table)), i32.store(get(slot), get(place), table))),
      eachLine(right, rightEnd, [
        set(candidate, i32.load(get(slot), table)),
        // Zero is before all.
        when(
          i32.isAtLeast(get(candidate), get(from)),
          set(length, i32.subtract(get(leftEnd), get(candidate))),
          when(
            i32.isGreater(get(length), i32.subtract(get(rightEnd), get(place))),
            set(length, i32.subtract(get(rightEnd), get(place))),
          ),
          set(length, call(prefix, get(candidate), get(place), get(length))),
          when(i32.isAtLeast(get(length), get(least)), note),
        ),
      ]),
      get(out),
    ],
  };
}
