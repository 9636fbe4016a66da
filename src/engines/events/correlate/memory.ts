/** What is remembered by key, within a bound: the one that was used the longest ago is forgotten first. */

export interface Memory<State> {
  /** The state of a key, made where there is none; from now on the one that was used last. */
  of(key: string): State;
  peek(key: string): State | undefined;
  forget(key: string): void;
  readonly size: number;
  readonly evicted: number;
}

/**
 * @param weightOf - how much of the second bound a state takes
 */
export function createMemory<State>(
  make: () => State,
  { keys, weight, weightOf }: { readonly keys: number; readonly weight?: number; readonly weightOf?: (state: State) => number },
): Memory<State> & { /** After a state grew. */ grown(by: number): void } {
  const states = new Map<string, State>();
  let evicted = 0;
  let total = 0;

  function drop(key: string, state: State): void {
    states.delete(key);
    total -= weightOf?.(state) ?? 0;
  }

  function evictOldest(): void {
    for (const [key, state] of states) {
      drop(key, state);
      evicted++;
      return;
    }
  }

  return {
    of(key) {
      let state = states.get(key);
      if (state === undefined) {
        if (states.size >= keys) evictOldest();
        state = make();
      } else {
        states.delete(key);
      }
      states.set(key, state);
      return state;
    },
    peek: (key) => states.get(key),
    forget(key) {
      const state = states.get(key);
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
