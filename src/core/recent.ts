/** What was made last, and may be asked for again soon. */
export interface Recent<Key, Value> {
  get(key: Key): Value | undefined;
  /** @param weight - in the unit of the limit; what alone is heavier than that is kept until the next comes */
  set(key: Key, value: Value, weight: number): void;
}

/** @param limit - of all weights together: what was asked for least lately goes */
export function createRecent<Key, Value>(limit: number): Recent<Key, Value> {
  const held = new Map<Key, { readonly value: Value; readonly weight: number }>();
  let total = 0;
  return {
    get(key) {
      const found = held.get(key);
      if (found === undefined) return undefined;
      held.delete(key);
      held.set(key, found);
      return found.value;
    },
    set(key, value, weight) {
      total += weight - (held.get(key)?.weight ?? 0);
      held.delete(key);
      for (const [oldest, { weight: its }] of held) {
        if (total <= limit) break;
        held.delete(oldest);
        total -= its;
      }
      held.set(key, { value, weight });
    },
  };
}
