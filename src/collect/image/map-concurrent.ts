/** Results that were not given yet, of items begun before their turn: of hostile items each may be large. */
const AHEAD = 2;

/**
 * Does the work on every item and gives the results in the items' order, with up to `width` under way at a time. Of the next
 * few the largest is begun first, so that no large one is left to be done alone at the end. The first failure in the items'
 * order is thrown, after the others were told to stop and have ended.
 *
 * @param work - gets a signal that says when its result is not wanted any more
 * @param sizeOf - absent: they are begun in their order
 */
export async function* mapConcurrent<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  sizeOf: (item: T) => number = () => 0,
): AsyncGenerator<R> {
  const stop = new AbortController();
  const turns = items.map(() => Promise.withResolvers<R>());
  const pending = new Set(items.keys());
  let given = 0;
  let working = 0;

  /** Of those near enough to their turn. */
  function largest(): number | undefined {
    let found: number | undefined;
    for (const at of pending) {
      if (at >= given + AHEAD * width) break;
      if (found === undefined || sizeOf(items[at] as T) > sizeOf(items[found] as T)) found = at;
    }
    return found;
  }

  function begin(): void {
    while (working < width && !stop.signal.aborted) {
      const at = largest();
      if (at === undefined) return;
      pending.delete(at);
      working += 1;
      const turn = turns[at] as PromiseWithResolvers<R>;
      turn.resolve(
        work(items[at] as T, stop.signal).finally(() => {
          working -= 1;
          begin();
        }),
      );
      // Whoever comes to wait for it sees the failure; until then it is not unhandled.
      turn.promise.catch(() => {});
    }
  }

  try {
    begin();
    for (; given < items.length; begin()) {
      const result = await (turns[given] as PromiseWithResolvers<R>).promise;
      given += 1;
      yield result;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(turns.flatMap(({ promise }, at) => (pending.has(at) ? [] : [promise])));
  }
}
