/** What is remembered by key, within a bound: the one that was used the longest ago is forgotten first. */
import { createByUse } from "../by-use.ts";

export interface Memory<State> {
  /** The state of a key, made where there is none; from now on the one that was used last. */
  of(key: string): State;
  peek(key: string): State | undefined;
  forget(key: string): void;
  /** After the state that was used last grew, or shrank. */
  grown(by: number): void;
  readonly size: number;
  /** How many were forgotten over the bound. */
  readonly evicted: number;
}

/** @param weightOf - how much of the second bound a state takes */
export function createMemory<State>(
  make: () => State,
  {
    keys,
    weight,
    weightOf,
  }: { readonly keys: number; readonly weight?: number; readonly weightOf?: (state: State) => number },
): Memory<State> {
  const states = createByUse<State>();
  let evicted = 0;
  let total = 0;

  function drop(key: string, state: State): void {
    states.delete(key);
    total -= weightOf?.(state) ?? 0;
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
      return state;
    },
    peek: (key) => states.peek(key),
    forget(key) {
      const state = states.peek(key);
      if (state !== undefined) drop(key, state);
    },
    grown(by) {
      total += by;
      while (weight !== undefined && total > weight && states.size > 1) evictOldest();
    },
    get size() {
      return states.size;
    },
    get evicted() {
      return evicted;
    },
  };
}
