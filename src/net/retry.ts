/** Further tries of what may pass. */
import { setTimeout as delay } from "node:timers/promises";
import { readClock } from "../core/clock.ts";

/** Time and chance, so that tests need neither. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason where that comes first. */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
  /** From 0 up to 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => readClock().getTime(),
  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
  random: Math.random,
};

export interface RetryLimits {
  readonly tries: number;
  /** Milliseconds before the second try; they double from there. */
  readonly backoffMilliseconds: number;
  /** Seconds between two tries, at most, whatever the server asks for. */
  readonly retryAfterSeconds: number;
}

/** Milliseconds to wait before the next try: what the server asked for, else exponentially longer; bounded in any case. */
export function waitBefore(
  tries: number,
  asked: number | undefined,
  { backoffMilliseconds, retryAfterSeconds }: RetryLimits,
  random: () => number,
): number {
  // Half of it is chance: clients that were turned away together must not come back together.
  const own = backoffMilliseconds * 2 ** (tries - 1) * (0.5 + random() / 2);
  return Math.min(asked ?? own, retryAfterSeconds * 1_000);
}

/**
 * Words for a server that asks for a longer wait than is waited for, so that no further try is made: it would be turned away
 * again. Undefined where there is nothing to be said.
 */
export function notWaitedFor(
  asked: number | undefined,
  { retryAfterSeconds }: Pick<RetryLimits, "retryAfterSeconds">,
): string | undefined {
  if (asked === undefined || asked <= retryAfterSeconds * 1_000) return undefined;
  return `it asks for ${Math.ceil(asked / 1_000)} s until the next try, and at most ${retryAfterSeconds} s are waited`;
}

/**
 * Reads a Retry-After header (RFC 9110, section 10.2.3): seconds or a date. Milliseconds from now, never negative;
 * undefined where it is neither.
 */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  if (/^[0-9]{1,9}$/.test(trimmed)) return Number(trimmed) * 1_000;
  const date = dateOf(trimmed);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Milliseconds of HTTP's date form (RFC 9110, section 5.6.7); NaN for every other text. Date.parse takes much more. */
export function dateOf(text: string): number {
  return /^[A-Z][a-z]{2,8},? .{5,30} GMT$/.test(text) ? Date.parse(text) : Number.NaN;
}
