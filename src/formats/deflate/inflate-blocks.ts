/** Inflating in WebAssembly: blocks (RFC 1951, 3.2.3), as far as there is input for them, and room. */
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
  type WasmFunction,
  when,
} from "../wasm/module.ts";
import { SYMBOLS_OF, TABLES } from "./inflate-codes.ts";
import {
  type CodePlaces,
  distances,
  fixedDistances,
  fixedLiterals,
  KEPT,
  literals,
  STATE,
  TABLE,
} from "./inflate-places.ts";
import { failWhen, reader } from "./inflate-reader.ts";
import { IS_OVER, TURN, WANTS_INPUT, WANTS_ROOM } from "./inflate-symbols.ts";

/** What comes next. */
const [HEADER, CODED, STORED] = [0, 1, 2];

/** Bytes of input that a block's beginning with its codes may take, with those that are read too much. */
export const MOST_OF_HEADER = 640;
/** As far as bytes that are held go beyond those that are used. */
const HELD = 8;

const [inEnd, room, isFinal, input, bits, out, start, mode, isLast, left] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const [entry, length, hold] = [10, 11, 12];
const { low, take, refill, letGo } = reader(input, bits, hold);

const kept = { input, bits, out, start, mode, isLast, left } as const;
const keys = Object.keys(kept) as (keyof typeof kept)[];
const restore: Code = [
  keys.map((key) => set(kept[key], i32.load(i32.of(STATE), KEPT[key]))),
  set(hold, i64.load(i32.of(STATE), KEPT.hold)),
];
const save: Code = [
  keys.map((key) => i32.store(i32.of(STATE), get(kept[key]), KEPT[key])),
  i64.store(i32.of(STATE), get(hold), KEPT.hold),
];

/**
 * `inflate(inEnd, room, isFinal)`: from what is kept in {@link STATE} on. `room` is the last address at which something may begin, which
 * may take OVERRUN bytes. Of input that is not final some is left; of what is, bytes behind its end may be read, which the caller sees.
 *
 * Returns why it stopped: WANTS_INPUT, WANTS_ROOM, IS_OVER, or 0 where the blocks are broken.
 */
export function inflate(): WasmFunction {
  return {
    parameters: 3,
    locals: 9,
    longs: 1,
    returns: true,
    code: [
      restore,
      // Why it is left stands in `entry`.
      forever(
        when(i32.isEqual(get(mode), i32.of(HEADER)), header(1)),
        when(i32.isEqual(get(mode), i32.of(STORED)), stored(1)),
        coded(0),
      ),
      save,
      get(entry),
    ],
  };
}

/** Leaves the loop over blocks. */
const pause = (why: Code, within: number): Code => [set(entry, why), leave(within)];
/** Of final input there is no more: it is broken. */
const wantsInput: Code = i32.multiply(i32.isZero(get(isFinal)), i32.of(WANTS_INPUT));

/** What is read of final input beyond its end is seen later. */
const limitOf = (reserve: number): Code =>
  i32.add(get(inEnd), i32.subtract(i32.multiply(get(isFinal), i32.of(reserve + HELD)), i32.of(reserve)));

function header(within: number): Code {
  const useFixed = (from: CodePlaces, to: CodePlaces): Code =>
    copyMemory(i32.of(to.at + TABLE), i32.of(from.at + TABLE), i32.of(4 << from.width));
  const asStored: Code = [
    letGo,
    set(left, i32.load16(get(input))),
    failWhen(i32.xor(i32.xor(get(left), i32.load16(get(input), 2)), i32.of(0xffff))),
    increase(input, i32.of(4)),
    set(mode, i32.of(STORED)),
  ];
  return [
    when(i32.isGreater(get(input), limitOf(MOST_OF_HEADER)), pause(wantsInput, within + 1)),
    refill,
    set(isLast, i32.and(low, i32.of(1))),
    set(entry, i32.and(i32.shiftRight(low, i32.of(1)), i32.of(3))),
    take(i32.of(3)),
    when(i32.isZero(get(entry)), asStored, again(within + 1)),
    failWhen(i32.isEqual(get(entry), i32.of(3))),
    either(
      i32.isEqual(get(entry), i32.of(1)),
      [useFixed(fixedLiterals, literals), useFixed(fixedDistances, distances)],
      [set(bits, i32.and(get(bits), i32.of(63))), save, failWhen(i32.isZero(call(TABLES))), restore],
    ),
    set(mode, i32.of(CODED)),
  ];
}

function ended(within: number): Code {
  return [set(mode, i32.of(HEADER)), when(get(isLast), letGo, pause(i32.of(IS_OVER), within + 1)), again(within)];
}

function stored(within: number): Code {
  const atMost = (most: Code): Code => when(i32.isGreater(get(length), most), set(length, most));
  return [
    when(i32.isGreater(get(out), get(room)), pause(i32.of(WANTS_ROOM), within + 1)),
    failWhen(i32.isGreater(get(input), get(inEnd))),
    set(length, get(left)),
    atMost(i32.subtract(get(inEnd), get(input))),
    atMost(i32.subtract(get(room), get(out))),
    copyMemory(get(out), get(input), get(length)),
    increase(out, get(length)),
    increase(input, get(length)),
    set(left, i32.subtract(get(left), get(length))),
    when(i32.isZero(get(left)), ended(within + 1)),
    when(i32.isEqual(get(input), get(inEnd)), pause(wantsInput, within + 1)),
    pause(i32.of(WANTS_ROOM), within),
  ];
}

function coded(within: number): Code {
  return [
    save,
    set(entry, call(SYMBOLS_OF, limitOf(TURN), get(room))),
    restore,
    when(i32.isEqual(get(entry), i32.of(IS_OVER)), ended(within + 1)),
    when(i32.isEqual(get(entry), i32.of(WANTS_INPUT)), pause(wantsInput, within + 1)),
    leave(within),
  ];
}
