import assert from "node:assert/strict";
import { test } from "node:test";
import { openModule } from "./instance.ts";
import {
  again,
  type Code,
  call,
  copyMemory,
  either,
  forever,
  get,
  giveBack,
  i32,
  i64,
  increase,
  leave,
  moduleOf,
  set,
  until,
  v128,
  when,
} from "./module.ts";

/** What a function leaves in the memory's first words. */
function words(count: number, code: Code, locals = 0, ...values: number[]): number[] {
  const run = { parameters: values.length, locals, longs: 1, vectors: 1, code };
  const opened = openModule<{ run(...values: number[]): void }>(moduleOf({ run }), 1);
  assert.ok(opened !== undefined);
  opened.functions.run(...values);
  return Array.from({ length: count }, (_, at) => opened.memory.readInt32LE(at * 4));
}

test("numbers of every length are written as they are read", () => {
  const values = [0, 1, 63, 64, 127, 128, 8_191, 8_192, 1_048_576, 2 ** 31 - 1, -1, -64, -65, -8_192, -(2 ** 31)];
  const code = values.map((value, at) => i32.store(i32.of(4 * at), i32.of(value)));
  assert.deepEqual(words(values.length, code), values);
});

test("a loop ends when its condition holds, which is looked at first", () => {
  const [limit, at, sum] = [0, 1, 2];
  const code = [
    until(i32.isAtLeast(get(at), get(limit)), increase(sum, get(at)), increase(at, i32.of(1))),
    i32.store(i32.of(0), get(sum)),
  ];
  assert.deepEqual(words(1, code, 2, 5), [10]);
  assert.deepEqual(words(1, code, 2, 0), [0]);
});

test("a loop is left and begun anew from within conditions", () => {
  const [limit, at, odd] = [0, 1, 2];
  const code = [
    forever(
      when(i32.isEqual(get(at), get(limit)), leave(1)),
      increase(at, i32.of(1)),
      when(i32.isZero(i32.and(get(at), i32.of(1))), again(1)),
      increase(odd, i32.of(1)),
    ),
    i32.store(i32.of(0), get(odd)),
  ];
  assert.deepEqual(words(1, code, 2, 7), [4]);
});

test("bytes and halves of words are read and written without a sign", () => {
  const code = [
    i32.store(i32.of(0), i32.of(-1)),
    i32.store(i32.of(4), i32.load8(i32.of(0), 1)),
    i32.store(i32.of(8), i32.load16(i32.of(0), 2)),
    when(i32.of(1), i32.store(i32.of(12), i32.of(7))),
    either(i32.of(0), i32.store8(i32.of(16), i32.of(1)), i32.store16(i32.of(16), i32.of(0x10002))),
  ];
  assert.deepEqual(words(5, code), [-1, 0xff, 0xffff, 7, 2]);
});

test("words of 64 bits are shifted by any number of bits", () => {
  const wide = 0;
  const code = [
    set(wide, i64.shiftLeft(i64.from(i32.of(-1)), i64.of(20))),
    i64.store(i32.of(0), i64.or(get(wide), i64.of(1))),
    i32.store(i32.of(8), i32.lowOf(i64.shiftRight(i64.load(i32.of(0)), i64.of(40)))),
  ];
  assert.deepEqual(words(3, code), [-(2 ** 20) + 1, 2 ** 20 - 1, 4_095]);
});

test("vectors are summed by lanes", () => {
  const vector = 1;
  const code = [
    i64.store(i32.of(0), i64.of(0x01020304)),
    set(vector, v128.pairsOfHalves(v128.pairsOfBytes(v128.load(i32.of(0))))),
    i32.store(i32.of(16), v128.lane(v128.add(get(vector), get(vector)), 0)),
  ];
  assert.equal(words(5, code)[4], 20);
});

test("bytes of vectors are compared, and become bits", () => {
  const bytes = Array.from({ length: 16 }, (_, n) => (n === 3 || n === 9 ? 7 : n + 20));
  const sevens = v128.of(...Array.from({ length: 16 }, () => 7));
  const code = [
    i32.store(i32.of(0), v128.bits(v128.isEqual(v128.of(...bytes), sevens))),
    i32.store(i32.of(4), i32.trailingZeros(i32.load(i32.of(0)))),
  ];
  assert.deepEqual(words(2, code), [(1 << 3) | (1 << 9), 3]);
});

test("memory is copied, over itself as well", () => {
  const code = [i32.store(i32.of(0), i32.of(0x04030201)), copyMemory(i32.of(2), i32.of(0), i32.of(4))];
  assert.deepEqual(words(2, code), [0x02010201, 0x0403]);
});

test("functions call each other by their place", () => {
  const double = { parameters: 1, returns: true as const, code: i32.shiftLeft(get(0), i32.of(1)) };
  const positive = {
    parameters: 1,
    returns: true as const,
    code: [when(i32.isZero(get(0)), giveBack(i32.of(1))), call(0, get(0))],
  };
  const opened = openModule<Record<string, (value: number) => number>>(moduleOf({ double, positive }), 1);
  assert.deepEqual(
    [0, 3].map((value) => opened?.functions.positive?.(value)),
    [1, 6],
  );
});
