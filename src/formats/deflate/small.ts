/**
 * Small zlib streams (RFC 1950), in WebAssembly: node:zlib takes as long to call, and to make tables of the codes of a few hundred
 * bytes, as to inflate them. What is broken, large or unusual is left to node:zlib.
 */
import { openModule } from "../wasm/instance.ts";
import { moduleOf } from "../wasm/module.ts";
import { adler } from "./adler-32.ts";
import { inflate, MOST_OF_HEADER } from "./inflate-blocks.ts";
import { build } from "./inflate-codes.ts";
import { TABLES_END } from "./inflate-places.ts";
import { stateIn } from "./inflate-state.ts";
import { IS_OVER, OVERRUN, symbols } from "./inflate-symbols.ts";
import { tables } from "./inflate-tables.ts";
import { fillMeanings, type TableBuilder } from "./meanings.ts";

/** Bytes of a stream that is inflated here, and of what it becomes. */
const MOST_IN = 64 * 1024;
export const MOST_OUT = 64 * 1024;
const OUT = TABLES_END;
const IN = OUT + MOST_OUT + OVERRUN;
/** What is behind the end may be read. */
const MEMORY = IN + MOST_IN + 2 * MOST_OF_HEADER;

interface Functions extends TableBuilder {
  inflate(inEnd: number, room: number, isFinal: number): number;
  adler(from: number, to: number): number;
}

/**
 * Returns the bytes, valid until the next call; undefined for what is broken, is not `size` bytes, or is not read here.
 *
 * @param into - of `size` bytes, where they are to be kept: it is returned then
 */
export type InflateSmall = (deflated: Uint8Array, size: number, into?: Buffer) => Buffer | undefined;

/** Streams after which it is opened: until then node:zlib is done before it would be. */
const OPENED_AFTER = 256;

/** @param openedAfter - streams that are left to node:zlib at first */
export function createInflateSmall(openedAfter: number = OPENED_AFTER): InflateSmall {
  let left = openedAfter;
  let opened: InflateSmall | undefined;
  return (deflated, size, into) => {
    if (opened !== undefined) return opened(deflated, size, into);
    if (left-- !== 0) return undefined;
    opened = open();
    return opened?.(deflated, size, into);
  };
}

/** @returns undefined where the runtime has no WebAssembly, or no memory for it */
function open(): InflateSmall | undefined {
  const module = {
    build: build(),
    tables: tables(),
    symbols: symbols(),
    inflate: inflate(),
    adler: adler(),
  };
  const opened = openModule<Functions>(moduleOf(module), MEMORY);
  if (opened === undefined) return undefined;
  const { memory, functions } = opened;
  fillMeanings(memory, functions);
  const { buffer } = memory;
  const state = stateIn(buffer);
  const view = new DataView(buffer);
  return (deflated, size, into) => {
    const { length } = deflated;
    if (length > MOST_IN || size > MOST_OUT || length < 8) return undefined;
    // Deflated, with a window of 32 KiB and without a dictionary.
    if (deflated[0] !== 0x78 || (deflated[1] as number) & 0x20 || (0x7800 + (deflated[1] as number)) % 31 !== 0)
      return undefined;
    memory.set(deflated, IN);
    state.begin(IN + 2, OUT);
    if (functions.inflate(IN + length, OUT + size, 1) !== IS_OVER) return undefined;
    if (state.get("out") !== OUT + size) return undefined;
    const end = state.get("input");
    if (end + 4 > IN + length) return undefined;
    if (view.getInt32(end) !== functions.adler(OUT, OUT + size)) return undefined;
    if (into === undefined) return memory.subarray(OUT, OUT + size);
    // To make no Buffer of what is copied takes a third of the time.
    into.set(new Uint8Array(buffer, OUT, size));
    return into;
  };
}
