/** Inflating in WebAssembly: a zlib stream (RFC 1950) that lies in the memory whole, and becomes as many bytes as are stated. */
import { type Code, call, get, giveBack, i32, i64, set, type WasmFunction } from "../wasm/module.ts";
import { ADLER, INFLATE } from "./inflate-codes.ts";
import { KEPT, KEPT_BYTES, STATE } from "./inflate-places.ts";
import { BELOW, failWhen } from "./inflate-reader.ts";
import { IS_OVER } from "./inflate-symbols.ts";

/**
 * `whole(input, inEnd, out, size)`: 1; 0 for what is broken, unusual or of another size. Bytes behind the end of the input may be
 * read, and some behind those that it becomes are written.
 */
export function whole(): WasmFunction {
  const [input, inEnd, out, size, end] = [0, 1, 2, 3, 4];
  const keep = (key: keyof typeof KEPT, value: Code): Code => i32.store(i32.of(STATE), value, KEPT[key]);
  const kept = (key: keyof typeof KEPT): Code => i32.load(i32.of(STATE), KEPT[key]);
  const flags = i32.load8(get(input), 1);
  const outEnd = i32.add(get(out), get(size));
  const sum = [0, 1, 2, 3]
    .map((n) => i32.shiftLeft(i32.load8(get(end), n), i32.of(24 - 8 * n)))
    .reduce((left, right) => i32.or(left, right));
  return {
    parameters: 4,
    locals: 1,
    returns: true,
    code: [
      // Deflated, with a window of 32 KiB and without a dictionary.
      failWhen(i32.xor(i32.load8(get(input)), i32.of(0x78))),
      failWhen(i32.and(flags, i32.of(0x20))),
      failWhen(i32.remainder(i32.add(i32.of(0x7800), flags), i32.of(31))),
      Array.from({ length: KEPT_BYTES / 8 }, (_, n) => i64.store(i32.of(STATE), i64.of(0), n * 8)),
      keep("bits", i32.of(BELOW)),
      keep("input", i32.add(get(input), i32.of(2))),
      keep("out", get(out)),
      keep("start", get(out)),
      failWhen(i32.xor(call(INFLATE, get(inEnd), outEnd, i32.of(1)), i32.of(IS_OVER))),
      failWhen(i32.xor(kept("out"), outEnd)),
      set(end, kept("input")),
      failWhen(i32.isGreater(i32.add(get(end), i32.of(4)), get(inEnd))),
      failWhen(i32.xor(sum, call(ADLER, get(out), outEnd))),
      giveBack(i32.of(1)),
      i32.of(0),
    ],
  };
}
