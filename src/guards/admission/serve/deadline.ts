/** How long a request may take, and what ends it then. */
import { bounds } from "./bounds.ts";

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * What an API server says in a webhook's URL: `timeout=10s`, a duration of Go's.
 *
 * @param query - of the URL
 * @returns milliseconds; the API's default where nothing readable is said
 */
export function askedMilliseconds(query: string): number {
  const text = /(?:^|&)timeout=([^&]{1,40})/.exec(query)?.[1] ?? "";
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h))+$/.test(text)) return bounds.defaultSeconds * 1_000;
  let milliseconds = 0;
  for (const [, number, unit = "s"] of text.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)/g)) {
    milliseconds += Number(number) * (MILLISECONDS[unit] ?? 0);
  }
  return milliseconds;
}

/** What is left of the API server's time for deciding. */
export function innerMilliseconds(asked: number): number {
  const { least, most } = bounds.marginMilliseconds;
  return Math.max(0, asked - Math.min(most, Math.max(least, asked / 10)));
}

export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends it before its time, as where the client is gone. */
  abort(): void;
  /** Nothing waits for it any more. */
  clear(): void;
}

export function createDeadline(milliseconds: number): Deadline {
  const controller = new AbortController();
  const end = () => controller.abort(new DOMException("the request's time is over", "TimeoutError"));
  const timer = milliseconds > 0 ? setTimeout(end, milliseconds) : end();
  return {
    signal: controller.signal,
    abort: end,
    clear: () => clearTimeout(timer ?? undefined),
  };
}
