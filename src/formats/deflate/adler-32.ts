/** The checksum of zlib streams in WebAssembly. */
import { type Code, get, i32, increase, set, until, v128, type WasmFunction, when } from "../wasm/module.ts";

/** `adler(from, to)`: the checksum of RFC 1950, with its first byte highest. */
export function adler(): WasmFunction {
  const [from, to, low, high, stop, first, lows, before, highs, bytes] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const halves = (...values: number[]): Code => v128.of(...values.flatMap((value) => [value, 0]));
  const zero = v128.of(...new Uint8Array(16));
  const sum = (vector: number): Code =>
    [0, 1, 2, 3].map((lane) => v128.lane(get(vector), lane)).reduce((left, right) => i32.add(left, right));
  const sixteen: Code = [
    set(bytes, v128.load(get(from))),
    // Each byte counts once more in the high sum for each that follows.
    set(before, v128.add(get(before), get(lows))),
    set(lows, v128.add(get(lows), v128.pairsOfHalves(v128.pairsOfBytes(get(bytes))))),
    set(highs, v128.add(get(highs), v128.products(v128.lowBytes(get(bytes)), halves(16, 15, 14, 13, 12, 11, 10, 9)))),
    set(highs, v128.add(get(highs), v128.products(v128.highBytes(get(bytes)), halves(8, 7, 6, 5, 4, 3, 2, 1)))),
    increase(from, i32.of(16)),
  ];
  const reduced = (value: Code): Code => i32.remainder(value, i32.of(65_521));
  return {
    parameters: 2,
    locals: 4,
    vectors: 4,
    returns: true,
    code: [
      set(low, i32.of(1)),
      until(
        i32.isGreater(i32.add(get(from), i32.of(16)), get(to)),
        // As many as leave the sums below 2^32.
        set(stop, i32.add(get(from), i32.of(4_096))),
        when(i32.isGreater(get(stop), get(to)), set(stop, get(to))),
        set(first, get(from)),
        [lows, before, highs].map((vector) => set(vector, zero)),
        until(i32.isGreater(i32.add(get(from), i32.of(16)), get(stop)), sixteen),
        increase(high, i32.multiply(get(low), i32.subtract(get(from), get(first)))),
        set(high, reduced(get(high))),
        increase(high, i32.add(i32.multiply(reduced(sum(before)), i32.of(16)), sum(highs))),
        set(high, reduced(get(high))),
        set(low, reduced(i32.add(get(low), sum(lows)))),
      ),
      until(
        i32.isEqual(get(from), get(to)),
        increase(low, i32.load8(get(from))),
        increase(high, get(low)),
        increase(from, i32.of(1)),
      ),
      i32.or(i32.shiftLeft(reduced(get(high)), i32.of(16)), reduced(get(low))),
    ],
  };
}
