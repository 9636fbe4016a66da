/** What was made last, and may be asked for again soon. */
export interface Recent<Key, Value> {
  get(key: Key): Value | undefined;
  /** @param weight - in the unit of the limit; what alone is heavier than that is kept until the next comes */
  set(key: Key, value: Value, weight: number): void;
}

/** Each knows its neighbours: a Map's first entry is looked for behind all that were taken out of it. */
interface Held<Key, Value> {
  readonly key: Key;
  readonly value: Value;
  readonly weight: number;
  older: Held<Key, Value> | undefined;
  newer: Held<Key, Value> | undefined;
}

/** @param limit - of all weights together: what was asked for least lately goes */
export function createRecent<Key, Value>(limit: number): Recent<Key, Value> {
  const held = new Map<Key, Held<Key, Value>>();
  let oldest: Held<Key, Value> | undefined;
  let newest: Held<Key, Value> | undefined;
  let total = 0;

  function takeOut(entry: Held<Key, Value>): void {
    const { older, newer } = entry;
    if (older === undefined) oldest = newer;
    else older.newer = newer;
    if (newer === undefined) newest = older;
    else newer.older = older;
  }

  function putLast(entry: Held<Key, Value>): void {
    entry.older = newest;
    entry.newer = undefined;
    if (newest === undefined) oldest = entry;
    else newest.newer = entry;
    newest = entry;
  }

  return {
    get(key) {
      const found = held.get(key);
      if (found === undefined) return undefined;
      if (found !== newest) {
        takeOut(found);
        putLast(found);
      }
      return found.value;
    },
    set(key, value, weight) {
      const before = held.get(key);
      if (before !== undefined) takeOut(before);
      total += weight - (before?.weight ?? 0);
      while (total > limit && oldest !== undefined) {
        held.delete(oldest.key);
        total -= oldest.weight;
        takeOut(oldest);
      }
      const entry: Held<Key, Value> = { key, value, weight, older: undefined, newer: undefined };
      putLast(entry);
      held.set(key, entry);
    },
  };
}
