/** Small objects of a pack, in WebAssembly: node:zlib takes longer to call than most take to inflate. */
import { IN, type InflateSmall, MOST_IN, MOST_OUT, openSmall, SMALL_BYTES } from "../../formats/deflate/small.ts";
import { make, patch } from "./delta-module.ts";

export interface Inflater {
  readonly inflate: InflateSmall;
  /**
   * What a deflated delta makes of its base.
   *
   * @param size - of the delta
   * @returns undefined where it is broken, does not fit, or is not read here; nobody writes to what is made
   */
  patched(deflated: Uint8Array, size: number, base: Buffer): Buffer | undefined;
}

/** Bytes of a base, and of what is made of it. */
const MOST = 256 * 1024;
/** Short stretches are copied in sixteens of bytes. */
const SLACK = 64;
const FIRST = SMALL_BYTES + SLACK;
const SECOND = FIRST + MOST + SLACK;
const BYTES = SECOND + MOST + SLACK;

/** Objects after which it is opened: fewer are read before it would be. */
const OPENED_AFTER = 256;

/** @param openedAfter - objects that are left to node:zlib at first */
export function createInflater(openedAfter: number = OPENED_AFTER): Inflater {
  let left = openedAfter;
  let opened: Inflater | undefined;
  const open = (): Inflater | undefined => {
    if (opened === undefined && left-- === 0) opened = openInflater();
    return opened;
  };
  return {
    inflate: (deflated, size, into) => open()?.inflate(deflated, size, into),
    patched: (deflated, size, base) => open()?.patched(deflated, size, base),
  };
}

function openInflater(): Inflater | undefined {
  const small = openSmall<{ make: (...values: number[]) => number }>({ patch: patch(), make: make() }, BYTES);
  if (small === undefined) return undefined;
  const { memory, functions } = small;
  const { buffer } = memory;
  let [baseAt, resultAt] = [FIRST, SECOND];
  /** What lies there: of a chain the next one is made of either. */
  let [there, made]: (Buffer | undefined)[] = [];
  return {
    inflate: small.inflate,
    patched(deflated, size, base) {
      const { length } = deflated;
      if (length > MOST_IN || size > MOST_OUT || base.length > MOST) return undefined;
      memory.set(deflated, IN);
      if (base === made) {
        const free = baseAt;
        baseAt = resultAt;
        resultAt = free;
      } else if (base !== there) memory.set(base, baseAt);
      there = base;
      made = undefined;
      const bytes = functions.make(IN + length, size, baseAt, base.length, resultAt, MOST) - 1;
      if (bytes === -1) return undefined;
      const result = Buffer.allocUnsafe(bytes);
      result.set(new Uint8Array(buffer, resultAt, bytes));
      made = result;
      return result;
    },
  };
}
