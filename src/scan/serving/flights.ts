/** Work that several requests wait for is done once, and goes on when one of them does not wait any longer. */
import { Problem } from "../../core/problem.ts";

export interface Flights {
  /**
   * What the work of this key that is under way comes to, else this work's.
   *
   * @param work - `signal` ends it after its own time, and when all is closed; not with the request that began it
   */
  run<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Keys of what is under way. */
  readonly size: number;
  close(): void;
}

/**
 * @param milliseconds - that one work may take
 * @param closedCode - of the problem with which work ends when all is closed: `admission.closed`
 */
export function createFlights(milliseconds: number, closedCode: string): Flights {
  const underWay = new Map<string, Promise<unknown>>();
  const closed = new AbortController();

  async function fly<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const end = () => late.abort(closed.signal.reason);
    closed.signal.addEventListener("abort", end, { once: true });
    const cause = `took longer than ${milliseconds} ms`;
    const timer = setTimeout(() => late.abort(unavailable("registry.timeout", key, cause)), milliseconds);
    try {
      closed.signal.throwIfAborted();
      return await work(late.signal);
    } finally {
      clearTimeout(timer);
      closed.signal.removeEventListener("abort", end);
      underWay.delete(key);
    }
  }

  return {
    get size() {
      return underWay.size;
    },
    run<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
      const known = underWay.get(key);
      if (known !== undefined) return known as Promise<T>;
      const flight = fly(key, work);
      // Nobody may be waiting any longer.
      flight.catch(() => undefined);
      underWay.set(key, flight);
      return flight;
    },
    close() {
      closed.abort(unavailable(closedCode, "images", "the guard is shutting down"));
    },
  };
}

export const LATE: unique symbol = Symbol("late");

/**
 * What the work comes to, unless the request ends before it does.
 *
 * @param deadline - of the request; undefined for one that has none
 * @param milliseconds - that are waited at most, where less than the request's own time suffices
 */
export async function within<T>(
  work: Promise<T>,
  deadline: AbortSignal | undefined,
  milliseconds?: number,
): Promise<T | typeof LATE> {
  if (deadline?.aborted === true) return LATE;
  const { promise, resolve } = Promise.withResolvers<typeof LATE>();
  const end = () => resolve(LATE);
  deadline?.addEventListener("abort", end, { once: true });
  const timer = milliseconds === undefined ? undefined : setTimeout(end, milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    deadline?.removeEventListener("abort", end);
  }
}

export function unavailable(code: string, place: string, cause: string, remedy?: string): Problem {
  return new Problem({ kind: "unavailable", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
}
