/**
 * How far two texts are alike, in WebAssembly: what V8 makes of the same at first reads a word at a time by a call, and most
 * texts are short.
 */
import { openModule } from "./instance.ts";
import {
  type Code,
  get,
  giveBack,
  i32,
  i64,
  increase,
  moduleOf,
  set,
  tee,
  until,
  type WasmFunction,
  when,
} from "./module.ts";
import { MOST_STRETCHES, STRETCH_BYTES, stretches, TABLE_BYTES } from "./stretches.ts";

export interface Comparison {
  /**
   * Copies both, until the next two. Nobody may write to the other one before it is held again as the first of the next two.
   *
   * @returns false where they are too long, or nothing is open: then nothing may be asked of them
   */
  hold(left: Uint8Array, right: Uint8Array): boolean;
  /** Bytes from an offset of each on that are equal, up to `most`, which both have. */
  prefix(left: number, right: number, most: number): number;
  /** Bytes before the end of each that are equal, up to `most`, which both have. */
  suffix(most: number): number;
  /**
   * Stretches that both have besides what they begin and end with, one behind the other in both: some of those that begin where a
   * line does.
   *
   * @param begun, ended - bytes that both begin and end with
   * @param least - bytes of a stretch, at least 17
   * @returns where each begins in the first, where in the other, and its length, by turns
   */
  between(begun: number, ended: number, least: number): readonly number[];
}

interface Functions {
  prefix(left: number, right: number, most: number): number;
  suffix(left: number, right: number, most: number): number;
  stretches(left: number, leftEnd: number, right: number, rightEnd: number, least: number): number;
}

/** Bytes of one of them. */
const MOST = 256 * 1024;
/** Eight bytes are read at once: those before the first one and behind the last count for nothing. */
const SLACK = 64;
const FIRST = SLACK;
const SECOND = FIRST + MOST + SLACK;
const TABLE = SECOND + MOST + SLACK;
const FOUND = TABLE + TABLE_BYTES;
const BYTES = FOUND + MOST_STRETCHES * STRETCH_BYTES;
const NONE: readonly number[] = [];

/** Pairs after which it is opened: fewer are compared before it would be. */
const OPENED_AFTER = 256;

/** @param openedAfter - pairs that are left to JavaScript at first */
export function createComparison(openedAfter: number = OPENED_AFTER): Comparison {
  let left = openedAfter;
  let memory: Buffer | undefined;
  let functions: Functions | undefined;
  let [leftAt, rightAt] = [FIRST, SECOND];
  let [leftEnd, rightEnd] = [0, 0];
  /** The other one of the last two: of versions it is mostly the first of the next two, and is there already. */
  let known: Uint8Array | undefined;
  const open = (): void => {
    const places = { table: TABLE, found: FOUND, prefix: 0 };
    const module = moduleOf({ prefix: prefix(), suffix: suffix(), stretches: stretches(places) });
    const opened = openModule<Functions>(module, BYTES);
    memory = opened?.memory;
    functions = opened?.functions;
  };
  return {
    hold(one, other) {
      if (functions === undefined && left-- === 0) open();
      if (memory === undefined || one.length > MOST || other.length > MOST) return false;
      if (one === known) {
        const there = rightAt;
        rightAt = leftAt;
        leftAt = there;
      } else memory.set(one, leftAt);
      memory.set(other, rightAt);
      known = other;
      leftEnd = leftAt + one.length;
      rightEnd = rightAt + other.length;
      return true;
    },
    prefix: (from, otherFrom, most) => (functions as Functions).prefix(leftAt + from, rightAt + otherFrom, most),
    suffix: (most) => (functions as Functions).suffix(leftEnd, rightEnd, most),
    between(begun, ended, least) {
      const from = leftAt + begun;
      const to = leftEnd - ended;
      const otherFrom = rightAt + begun;
      const otherTo = rightEnd - ended;
      if (to - from < least || otherTo - otherFrom < least) return NONE;
      const held = memory as Buffer;
      held.fill(0, TABLE, TABLE + TABLE_BYTES);
      const end = (functions as Functions).stretches(from, to, otherFrom, otherTo, least);
      const found: number[] = [];
      for (let at = FOUND; at < end; at += STRETCH_BYTES) {
        found.push(held.readInt32LE(at) - leftAt, held.readInt32LE(at + 4) - rightAt, held.readInt32LE(at + 8));
      }
      return found;
    },
  };
}

/** What differs, and how many bytes of it are equal, by its zeros. */
function compared(difference: Code, zeros: (difference: Code) => Code): WasmFunction {
  const [most, count, bytes, local] = [2, 3, 4, 5];
  return {
    parameters: 3,
    locals: 2,
    longs: 1,
    returns: true,
    code: [
      until(
        i32.isAtLeast(get(count), get(most)),
        when(
          i32.isZero(i64.isZero(tee(local, difference))),
          set(bytes, i32.add(get(count), i32.shiftRight(i32.lowOf(zeros(get(local))), i32.of(3)))),
          when(i32.isLess(get(bytes), get(most)), giveBack(get(bytes))),
          giveBack(get(most)),
        ),
        increase(count, i32.of(8)),
      ),
      get(most),
    ],
  };
}

/** `prefix(left, right, most)`, by addresses. */
function prefix(): WasmFunction {
  const [left, right, count] = [0, 1, 3];
  const words = [left, right].map((from) => i64.load(i32.add(get(from), get(count)))) as [Code, Code];
  return compared(i64.xor(...words), i64.trailingZeros);
}

/** `suffix(leftEnd, rightEnd, most)`, by addresses. */
function suffix(): WasmFunction {
  const [left, right, count] = [0, 1, 3];
  const words = [left, right].map((end) => i64.load(i32.subtract(i32.subtract(get(end), i32.of(8)), get(count))));
  return compared(i64.xor(...(words as [Code, Code])), i64.leadingZeros);
}
