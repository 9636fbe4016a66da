/**
 * Small zlib streams (RFC 1950), in WebAssembly: node:zlib takes as long to call, and to make tables of the codes of a few hundred
 * bytes, as to inflate them. What is broken, large or unusual is left to node:zlib.
 */
import { openModule } from "../wasm/instance.ts";
import { moduleOf, type WasmFunction } from "../wasm/module.ts";
import { adler } from "./adler-32.ts";
import { inflate, MOST_OF_HEADER } from "./inflate-blocks.ts";
import { build } from "./inflate-codes.ts";
import { TABLES_END } from "./inflate-places.ts";
import { OVERRUN, symbols } from "./inflate-symbols.ts";
import { tables } from "./inflate-tables.ts";
import { whole } from "./inflate-whole.ts";
import { fillMeanings, type TableBuilder } from "./meanings.ts";

/** Bytes of a stream that is inflated here, and of what it becomes. */
export const MOST_IN = 64 * 1024;
export const MOST_OUT = 64 * 1024;
/** A header, an empty block and a checksum. */
const SHORTEST = 8;
export const OUT = TABLES_END;
export const IN = OUT + MOST_OUT + OVERRUN;
/** What lies behind all this is of whoever adds functions. What is behind the end of the input may be read. */
export const SMALL_BYTES = IN + MOST_IN + 2 * MOST_OF_HEADER;

interface Functions extends TableBuilder {
  /** @returns 0 for what is broken, unusual or of another size */
  whole(input: number, inEnd: number, out: number, size: number): number;
}

/**
 * Returns the bytes, valid until the next call; undefined for what is broken, is not `size` bytes, or is not read here.
 *
 * @param into - of `size` bytes, where they are to be kept: it is returned then
 */
export type InflateSmall = (deflated: Uint8Array, size: number, into?: Buffer) => Buffer | undefined;

interface Small<More> {
  readonly inflate: InflateSmall;
  /** Streams are put at {@link IN}, and become what is then at {@link OUT}. */
  readonly memory: Buffer;
  readonly functions: Functions & More;
}

/**
 * @param more - functions that are added, which may call those of inflate-codes.ts
 * @param bytes - of the memory, with theirs
 * @returns undefined where the runtime has no WebAssembly, or no memory for it
 */
export function openSmall<More>(
  more: Readonly<Record<string, WasmFunction>> = {},
  bytes: number = SMALL_BYTES,
): Small<More> | undefined {
  const module = {
    build: build(),
    tables: tables(),
    symbols: symbols(),
    inflate: inflate(),
    adler: adler(),
    whole: whole(),
    ...more,
  };
  const opened = openModule<Functions & More>(moduleOf(module), bytes);
  if (opened === undefined) return undefined;
  const { memory, functions } = opened;
  fillMeanings(memory, functions);
  const { buffer } = memory;
  return {
    memory,
    functions,
    inflate(deflated, size, into) {
      const { length } = deflated;
      if (length > MOST_IN || size > MOST_OUT || length < SHORTEST) return undefined;
      memory.set(deflated, IN);
      if (functions.whole(IN, IN + length, OUT, size) === 0) return undefined;
      if (into === undefined) return memory.subarray(OUT, OUT + size);
      // To make no Buffer of what is copied takes a third of the time.
      into.set(new Uint8Array(buffer, OUT, size));
      return into;
    },
  };
}
