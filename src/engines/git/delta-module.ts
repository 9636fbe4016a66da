/** What a delta makes of its base, in WebAssembly: to copy a stretch from one buffer of JavaScript to another costs more than most are long. */
import { WHOLE } from "../../formats/deflate/inflate-codes.ts";
import { failWhen } from "../../formats/deflate/inflate-reader.ts";
import { IN, OUT } from "../../formats/deflate/small.ts";
import {
  type Code,
  call,
  copyMemory,
  either,
  get,
  i32,
  i64,
  increase,
  set,
  tee,
  until,
  type WasmFunction,
  when,
} from "../../formats/wasm/module.ts";

/** The function {@link patch} of the module. */
export const PATCH = WHOLE + 1;

/**
 * `make(inEnd, size, base, baseLength, out, most)`: inflates a delta of so many bytes, and writes what it makes of the base.
 *
 * Returns how many bytes these are, and one more; 0 where the delta is broken, does not fit, or makes more than `most`.
 */
export function make(): WasmFunction {
  const [inEnd, size, base, baseLength, out, most, delta, length, shift, byte] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  /** 7 bits a byte, the lowest first: no size below `most` takes more than four of them. */
  const stated: Code = [
    set(length, i32.of(0)),
    set(shift, i32.of(0)),
    set(byte, i32.of(0x80)),
    until(
      i32.isLess(get(byte), i32.of(0x80)),
      failWhen(i32.isEqual(get(shift), i32.of(28))),
      set(byte, i32.load8(get(delta))),
      set(length, i32.or(get(length), i32.shiftLeft(i32.and(get(byte), i32.of(0x7f)), get(shift)))),
      increase(delta, i32.of(1)),
      increase(shift, i32.of(7)),
    ),
  ];
  const deltaEnd = i32.add(i32.of(OUT), get(size));
  return {
    parameters: 6,
    locals: 4,
    returns: true,
    code: [
      failWhen(i32.isZero(call(WHOLE, i32.of(IN), get(inEnd), i32.of(OUT), get(size)))),
      set(delta, i32.of(OUT)),
      stated,
      failWhen(i32.xor(get(length), get(baseLength))),
      stated,
      failWhen(i32.isGreater(get(length), get(most))),
      failWhen(i32.isGreater(get(delta), deltaEnd)),
      failWhen(
        i32.isZero(
          call(PATCH, get(delta), deltaEnd, get(base), get(baseLength), get(out), i32.add(get(out), get(length))),
        ),
      ),
      i32.add(get(length), i32.of(1)),
    ],
  };
}

/** `patch(delta, deltaEnd, base, baseLength, out, outEnd)`: 1, or 0 where it is broken. */
export function patch(): WasmFunction {
  const [delta, deltaEnd, base, baseLength, out, outEnd, instruction, from, count] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
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
