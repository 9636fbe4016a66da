/** Inflating in WebAssembly: literals, lengths and distances (RFC 1951, 3.2.5), where nearly all of the time goes. */
import {
  again,
  type Code,
  either,
  forever,
  get,
  giveBack,
  i32,
  i64,
  increase,
  set,
  until,
  v128,
  type WasmFunction,
  when,
} from "../wasm/module.ts";
import { type CodePlaces, distances, END, KEPT, LITERAL, LONGER, literals, STATE, TABLE } from "./inflate-places.ts";
import { BELOW, failWhen, maskBy, maskOf, reader, value } from "./inflate-reader.ts";

/** What inflating returns beside 0: broken. */
export const WANTS_INPUT = 1;
export const WANTS_ROOM = 2;
export const IS_OVER = 3;

/** Bytes of input that one turn of the loop may take, with those that are read too much. */
export const TURN = 32;
/** Bytes that may be written behind the end of the room. */
export const OVERRUN = 320;

const [limit, room, input, bits, out, entry, length, distance, saved, source] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const [start, stop, hold] = [10, 11, 12];
const { raised, refill } = reader(input, bits, hold);

const keptHere = { input, bits, out } as const;
const keys = Object.keys(keptHere) as (keyof typeof keptHere)[];
const restored = { ...keptHere, start };
const restore: Code = [
  Object.entries(restored).map(([key, local]) =>
    set(local, i32.load(i32.of(STATE), KEPT[key as keyof typeof restored])),
  ),
  set(hold, i64.load(i32.of(STATE), KEPT.hold)),
];
const save: Code = [
  keys.map((key) => i32.store(i32.of(STATE), get(keptHere[key]), KEPT[key])),
  i64.store(i32.of(STATE), get(hold), KEPT.hold),
];
const end = (why: number): Code => [save, giveBack(i32.of(why))];

/**
 * `symbols(limit, room)`: those of a block, as long as no more than `limit` is read next and no more than `room` written.
 *
 * Returns IS_OVER at the end of the block.
 */
export function symbols(): WasmFunction {
  const lookUp = ({ at, width }: CodePlaces): Code => set(entry, i32.load(i32.and(raised, maskOf(width)), at + TABLE));
  /** What is above the lowest six bits of `bits` does not count. */
  const taken: Code = [
    set(saved, raised),
    set(hold, i64.shiftRight(get(hold), i64.from(get(entry)))),
    set(bits, i32.subtract(get(bits), get(entry))),
  ];
  const is = (kind: number): Code => i32.and(get(entry), i32.of(kind));
  const longer = ({ at, width }: CodePlaces): Code => [
    // A symbol that has no meaning.
    failWhen(i32.isLess(get(entry), i32.of(0x10000))),
    set(
      entry,
      i32.load(
        i32.add(
          i32.shiftRight(get(entry), i32.of(16)),
          i32.and(i32.shiftRight(raised, i32.of(width)), maskBy(i32.shiftRight(get(entry), i32.of(8)))),
        ),
        at + TABLE,
      ),
    ),
    taken,
  ];
  const write: Code = [i32.store8(get(out), i32.shiftRight(get(entry), i32.of(16))), increase(out, i32.of(1))];
  const literal: Code = lookUp(literals);
  return {
    parameters: 2,
    locals: 10,
    longs: 1,
    returns: true,
    code: [
      restore,
      refill,
      literal,
      forever(
        when(i32.isGreater(get(out), get(room)), end(WANTS_ROOM)),
        when(i32.isGreater(get(input), get(limit)), end(WANTS_INPUT)),
        taken,
        when(
          is(LITERAL),
          ...[write, literal, taken],
          when(
            is(LITERAL),
            ...[write, literal, taken],
            when(is(LITERAL), ...[write, literal, taken], when(is(LITERAL), ...[write, refill, literal], again(4))),
          ),
        ),
        when(
          is(END | LONGER),
          when(is(LONGER), refill, longer(literals), when(is(LITERAL), ...[write, refill, literal], again(3))),
          when(is(END), end(IS_OVER)),
        ),
        set(length, value(entry, get(saved))),
        when(i32.isLess(i32.and(get(bits), i32.of(63)), i32.of(28 + BELOW)), refill),
        lookUp(distances),
        taken,
        when(is(LONGER), longer(distances)),
        set(distance, value(entry, get(saved))),
        failWhen(i32.isGreater(get(distance), i32.subtract(get(out), get(start)))),
        refill,
        literal,
        copy,
      ),
      i32.of(0),
    ],
  };
}

/** Copies what was written `distance` bytes before; up to 32 bytes too many, for which there is room. */
const copy: Code = (() => {
  const step = (by: Code): Code => [increase(out, by), increase(source, by)];
  /** Two at once, for most are short: what is written too much costs less than to ask. */
  const inSteps = (size: number, write: (offset: number) => Code): Code =>
    either(
      i32.isGreater(get(length), i32.of(2 * size)),
      [
        set(stop, i32.add(get(out), get(length))),
        until(i32.isAtLeast(get(out), get(stop)), write(0), step(i32.of(size))),
        set(out, get(stop)),
      ],
      [write(0), write(size), increase(out, get(length))],
    );
  return [
    set(source, i32.subtract(get(out), get(distance))),
    either(
      i32.isAtLeast(get(distance), i32.of(16)),
      inSteps(16, (offset) => v128.store(get(out), v128.load(get(source), offset), offset)),
      either(
        i32.isAtLeast(get(distance), i32.of(8)),
        inSteps(8, (offset) => i64.store(get(out), i64.load(get(source), offset), offset)),
        either(
          i32.isEqual(get(distance), i32.of(1)),
          inSteps(16, (offset) => v128.store(get(out), v128.splat(i32.load8(get(source))), offset)),
          [
            set(stop, i32.add(get(out), get(length))),
            until(i32.isAtLeast(get(out), get(stop)), i64.store(get(out), i64.load(get(source))), step(get(distance))),
            set(out, get(stop)),
          ],
        ),
      ),
    ),
  ];
})();
