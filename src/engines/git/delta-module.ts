/**
 * What a delta makes of its base, in WebAssembly: to copy a stretch from one buffer of JavaScript to another costs more than most
 * stretches are long. Broken deltas are left to whoever says what is wrong with them.
 */
import { openModule } from "../../formats/wasm/instance.ts";
import {
  type Code,
  copyMemory,
  either,
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
} from "../../formats/wasm/module.ts";

/** Bytes of what is put together here. */
const MOST = 256 * 1024;
/** Short stretches are copied in sixteens of bytes. */
const SLACK = 64;
const DELTA = 0;
const FIRST = DELTA + MOST + SLACK;
const SECOND = FIRST + MOST + SLACK;
const BYTES = SECOND + MOST + SLACK;

/**
 * Writes to `result`, all of it, which nobody writes to from then on; false where the delta is broken, does not fit, is too large, or nothing is open.
 *
 * @param from - behind the sizes of both, with which the delta begins
 */
export type Patch = (base: Uint8Array, delta: Uint8Array, from: number, result: Uint8Array) => boolean;

/** Deltas after which it is opened: fewer are applied before it would be. */
const OPENED_AFTER = 256;

/** @param openedAfter - deltas that are left to JavaScript at first */
export function createPatch(openedAfter: number = OPENED_AFTER): Patch {
  let left = openedAfter;
  let opened: Patch | undefined;
  return (base, delta, from, result) => {
    if (base.length > MOST || delta.length > MOST || result.length > MOST) return false;
    if (opened === undefined && left-- === 0) opened = open();
    return opened?.(base, delta, from, result) ?? false;
  };
}

/** @returns undefined where the runtime has no WebAssembly, or no memory for it */
function open(): Patch | undefined {
  const module = openModule<{ patch: (...values: number[]) => number }>(moduleOf({ patch: patch() }), BYTES);
  if (module === undefined) return undefined;
  const { memory, functions } = module;
  const { buffer } = memory;
  let [baseAt, resultAt] = [FIRST, SECOND];
  /** What was made last, and is there still: mostly the next one is made of it. */
  let made: Uint8Array | undefined;
  return (base, delta, from, result) => {
    const { length } = result;
    memory.set(delta, DELTA);
    if (base === made) {
      const there = resultAt;
      resultAt = baseAt;
      baseAt = there;
    } else memory.set(base, baseAt);
    made = undefined;
    const outEnd = resultAt + length;
    if (functions.patch(DELTA + from, DELTA + delta.length, baseAt, base.length, resultAt, outEnd) === 0) return false;
    result.set(new Uint8Array(buffer, resultAt, length));
    made = result;
    return true;
  };
}

/** `patch(delta, deltaEnd, base, baseLength, out, outEnd)`: 1, or 0 where it is broken. */
function patch(): WasmFunction {
  const [delta, deltaEnd, base, baseLength, out, outEnd, instruction, from, count] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const failWhen = (condition: Code): Code => when(condition, giveBack(i32.of(0)));
  const byte: Code = [i32.load8(get(delta)), increase(delta, i32.of(1))];
  /** A bit says whether a byte of the offset (four) or the size (three) follows; the others are zero. */
  const given = (bit: number, into: number, shift: number): Code =>
    when(i32.and(get(instruction), i32.of(1 << bit)), set(into, i32.or(get(into), i32.shiftLeft(byte, i32.of(shift)))));
  return {
    parameters: 6,
    locals: 3,
    returns: true,
    code: [
      until(
        i32.isAtLeast(get(delta), get(deltaEnd)),
        set(instruction, byte),
        either(
          i32.and(get(instruction), i32.of(0x80)),
          [
            set(from, i32.of(0)),
            set(count, i32.of(0)),
            [0, 1, 2, 3].map((n) => given(n, from, 8 * n)),
            [0, 1, 2].map((n) => given(4 + n, count, 8 * n)),
            when(i32.isZero(get(count)), set(count, i32.of(0x10000))),
            failWhen(i32.isGreater(get(count), get(baseLength))),
            failWhen(i32.isGreater(get(from), i32.subtract(get(baseLength), get(count)))),
            increase(from, get(base)),
          ],
          [failWhen(i32.isZero(tee(count, get(instruction)))), set(from, get(delta)), increase(delta, get(count))],
        ),
        failWhen(i32.isGreater(get(count), i32.subtract(get(outEnd), get(out)))),
        either(
          i32.isGreater(get(count), i32.of(16)),
          copyMemory(get(out), get(from), get(count)),
          [0, 8].map((offset) => i64.store(get(out), i64.load(get(from), offset), offset)),
        ),
        increase(out, get(count)),
      ),
      i32.and(i32.isEqual(get(delta), get(deltaEnd)), i32.isEqual(get(out), get(outEnd))),
    ],
  };
}
