/** Inflating in WebAssembly: bits, and what is common to the functions that read them. */
import { type Code, get, giveBack, i32, i64, increase, set, when } from "../wasm/module.ts";
import { EXTRA, STATE } from "./inflate-places.ts";

const FAILED = giveBack(i32.of(0));

/** Bits of a stream, the lowest first, in a local of 64 bits. @param input - the local of the address of what comes next */
export function reader(input: number, bits: number, hold: number) {
  const low = i32.lowOf(get(hold));
  const take = (by: Code): Code => [
    set(hold, i64.shiftRight(get(hold), i64.from(by))),
    set(bits, i32.subtract(get(bits), by)),
  ];
  return {
    low,
    take,
    /** To 56 bits at least; with what is behind the end of the stream, where that is near. */
    refill: [
      set(hold, i64.or(get(hold), i64.shiftLeft(i64.load(get(input)), i64.from(get(bits))))),
      increase(input, i32.shiftRight(i32.subtract(i32.of(63), get(bits)), i32.of(3))),
      set(bits, i32.or(get(bits), i32.of(56))),
    ],
    /** What an entry stands for, with its further bits. */
    value: (entry: number, into: number, extra: number): Code => [
      set(extra, i32.and(i32.shiftRight(get(entry), i32.of(8)), i32.of(EXTRA))),
      set(into, i32.add(i32.shiftRight(get(entry), i32.of(16)), i32.and(low, ones(get(extra))))),
      take(get(extra)),
    ],
    save: [
      i32.store(i32.of(STATE), get(input)),
      i32.store(i32.of(STATE), get(bits), 4),
      i64.store(i32.of(STATE), get(hold), 8),
    ],
    restore: [
      set(input, i32.load(i32.of(STATE))),
      set(bits, i32.load(i32.of(STATE), 4)),
      set(hold, i64.load(i32.of(STATE), 8)),
    ],
  };
}

export const ones = (count: Code): Code => i32.subtract(i32.shiftLeft(i32.of(1), count), i32.of(1));
export const length8 = (entry: number): Code => i32.and(get(entry), i32.of(0xff));
export const failWhen = (condition: Code): Code => when(condition, FAILED);
