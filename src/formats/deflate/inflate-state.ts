/** Inflating in WebAssembly: what its functions keep from one call to the next, for whoever calls them. */
import { KEPT, KEPT_BYTES, STATE } from "./inflate-places.ts";
import { BELOW } from "./inflate-reader.ts";

export interface InflateState {
  get(key: keyof typeof KEPT): number;
  set(key: keyof typeof KEPT, value: number): void;
  /** A stream begins. @param input - address of what is read first @param out - of where the first byte goes */
  begin(input: number, out: number): void;
}

export function stateIn(memory: ArrayBufferLike): InflateState {
  const view = new DataView(memory, STATE, KEPT_BYTES);
  // With a sign, for those V8's compiler before TurboFan takes in: addresses are below 2 GB.
  return {
    get: (key) => view.getInt32(KEPT[key], true),
    set: (key, value) => view.setInt32(KEPT[key], value, true),
    begin(input, out) {
      for (let at = 0; at < KEPT_BYTES; at += 4) view.setInt32(at, 0, true);
      view.setInt32(KEPT.bits, BELOW, true);
      view.setInt32(KEPT.input, input, true);
      view.setInt32(KEPT.out, out, true);
      view.setInt32(KEPT.start, out, true);
    },
  };
}
