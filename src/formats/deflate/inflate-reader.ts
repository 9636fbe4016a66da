/** Inflating in WebAssembly: bits, and what is common to the functions that read them. */
import { type Code, get, giveBack, i32, i64, increase, set, when } from "../wasm/module.ts";
import { KEPT, STATE } from "./inflate-places.ts";

const FAILED = giveBack(i32.of(0));

/**
 * Bits below those of the stream: what these say is then four times as much, which is how far apart the entries of a table are. A look at
 * one is on the way from each symbol to the next, where every instruction counts.
 */
export const BELOW = 2;

/**
 * Bits of a stream, the lowest first, in a local of 64 bits, behind as many as are BELOW.
 *
 * @param input - the local of the address of what comes next
 * @param bits - that of how many there are, with those below
 */
export function reader(input: number, bits: number, hold: number) {
  const raised = i32.lowOf(get(hold));
  const low = i32.shiftRight(raised, i32.of(BELOW));
  const take = (by: Code): Code => [
    set(hold, i64.shiftRight(get(hold), i64.from(by))),
    set(bits, i32.subtract(get(bits), by)),
  ];
  return {
    low,
    raised,
    take,
    /** Bytes that are held were not read yet. */
    letGo: [
      set(
        input,
        i32.subtract(
          get(input),
          i32.shiftRight(i32.subtract(i32.and(get(bits), i32.of(63)), i32.of(BELOW)), i32.of(3)),
        ),
      ),
      set(bits, i32.of(BELOW)),
      set(hold, i64.of(0)),
    ],
    /** To 54 bits at least; with what is behind the end of the stream, where that is near. */
    refill: [
      set(hold, i64.or(get(hold), i64.shiftLeft(i64.load(get(input)), i64.from(get(bits))))),
      increase(input, i32.and(i32.shiftRight(i32.xor(get(bits), i32.of(63)), i32.of(3)), i32.of(7))),
      set(bits, i32.or(get(bits), i32.of(56))),
    ],
    save: [
      i32.store(i32.of(STATE), get(input)),
      i32.store(i32.of(STATE), get(bits), KEPT.bits),
      i64.store(i32.of(STATE), get(hold), KEPT.hold),
    ],
    restore: [
      set(input, i32.load(i32.of(STATE))),
      set(bits, i32.load(i32.of(STATE), KEPT.bits)),
      set(hold, i64.load(i32.of(STATE), KEPT.hold)),
    ],
  };
}

/** What an entry stands for. @param behind - the bits from those of its code on, raised */
export const value = (entry: number, behind: Code): Code =>
  i32.add(
    i32.shiftRight(get(entry), i32.of(16)),
    i32.shiftRight(i32.and(behind, maskBy(get(entry))), i32.shiftRight(get(entry), i32.of(8))),
  );
/** Of so many bits, raised. */
export const maskOf = (bits: number): Code => i32.of((1 << (BELOW + bits)) - (1 << BELOW));
/** Of as many as the lowest five bits of a number say. */
export const maskBy = (count: Code): Code => i32.subtract(i32.shiftLeft(i32.of(1 << BELOW), count), i32.of(1 << BELOW));
export const length8 = (entry: number): Code => i32.and(get(entry), i32.of(0xff));
export const failWhen = (condition: Code): Code => when(condition, FAILED);
