/** What is remembered by key, within a bound: the one that was used the longest ago is forgotten first. */
import { createByUse } from "../by-use.ts";

export interface Memory<State> {
  /** The state of a key, made where there is none; from now on the one that was used last. */
  of(key: string): State;
  peek(key: string): State | undefined;
  forget(key: string): void;
  /** After the state that was used last grew by so many bytes, or shrank. */
  grown(by: number): void;
  readonly size: number;
  /** How many were forgotten over the bound. */
  readonly evicted: number;
}

/** Of a key and a state besides what is in them. */
const ownBytes = 200;

/** @param bytesOf - of what a state holds by now */
export function createMemory<State>(
  make: () => State,
  {
    keys,
    bytes,
    bytesOf,
  }: { readonly keys: number; readonly bytes: number; readonly bytesOf: (state: State) => number },
): Memory<State> {
  const states = createByUse<State>();
  let evicted = 0;
  let total = 0;

  function drop(key: string, state: State): void {
    states.delete(key);
    total -= ownBytes + key.length + bytesOf(state);
  }

  function evictOldest(): void {
    const oldest = states.oldest();
    if (oldest === undefined) return;
    drop(oldest.key, oldest.value);
    evicted++;
  }

  return {
    of(key) {
      const known = states.use(key);
      if (known !== undefined) return known;
      if (states.size >= keys) evictOldest();
      const state = make();
      states.add(key, state);
      total += ownBytes + key.length;
      return state;
    },
    peek: (key) => states.peek(key),
    forget(key) {
      const state = states.peek(key);
      if (state !== undefined) drop(key, state);
    },
    grown(by) {
      total += by;
      while (total > bytes && states.size > 1) evictOldest();
    },
    get size() {
      return states.size;
    },
    get evicted() {
      return evicted;
    },
  };
}
