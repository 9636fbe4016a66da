/**
 * Values by key in the order in which they were last used. A `Map` alone keeps that order too, but to find its first entry it steps
 * over all that were deleted before it.
 */

interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  older: Entry<Value> | undefined;
  newer: Entry<Value> | undefined;
}

export interface ByUse<Value> {
  readonly size: number;
  /** Without using it. */
  peek(key: string): Value | undefined;
  /** What was used the longest ago. */
  oldest(): { readonly key: string; readonly value: Value } | undefined;
  /** From now on it was used last. */
  use(key: string): Value | undefined;
  /** As the one used last. The key must be new. */
  add(key: string, value: Value): void;
  delete(key: string): void;
  /** What was used the longest ago comes first. */
  values(): Iterable<Value>;
}

export function createByUse<Value>(): ByUse<Value> {
  const entries = new Map<string, Entry<Value>>();
  let first: Entry<Value> | undefined;
  let last: Entry<Value> | undefined;

  function unlink(entry: Entry<Value>): void {
    if (entry.older === undefined) first = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) last = entry.older;
    else entry.newer.older = entry.older;
    entry.older = undefined;
    entry.newer = undefined;
  }

  function append(entry: Entry<Value>): void {
    entry.older = last;
    if (last === undefined) first = entry;
    else last.newer = entry;
    last = entry;
  }

  return {
    get size() {
      return entries.size;
    },
    peek: (key) => entries.get(key)?.value,
    oldest: () => first,
    use(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry !== last) {
        unlink(entry);
        append(entry);
      }
      return entry.value;
    },
    add(key, value) {
      const entry: Entry<Value> = { key, value, older: undefined, newer: undefined };
      entries.set(key, entry);
      append(entry);
    },
    delete(key) {
      const entry = entries.get(key);
      if (entry === undefined) return;
      entries.delete(key);
      unlink(entry);
    },
    *values() {
      for (let entry = first; entry !== undefined; entry = entry.newer) yield entry.value;
    },
  };
}
