/**
 * Does the work on every item and gives the results in the items' order, with up to `width` under way at a time. The
 * first failure in that order is thrown, after the others were told to stop and have ended.
 *
 * @param work - gets a signal that says when its result is not wanted any more
 */
export async function* mapConcurrent<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): AsyncGenerator<R> {
  const stop = new AbortController();
  const begun: Promise<R>[] = [];
  try {
    for (let next = 0; next < items.length; next++) {
      while (begun.length < Math.min(next + width, items.length)) {
        const started = work(items[begun.length] as T, stop.signal);
        // Whoever comes to wait for it sees the failure; until then it is not unhandled.
        started.catch(() => {});
        begun.push(started);
      }
      yield await (begun[next] as Promise<R>);
    }
  } finally {
    stop.abort();
    await Promise.allSettled(begun);
  }
}
