import { setTimeout as delay } from "node:timers/promises";
import { bounds } from "../../../core/bounds.ts";

/** How much one registry may cost us. The defaults are those of core/bounds; tests make them small. */
export interface RegistryLimits {
  readonly manifestBytes: number;
  readonly redirects: number;
  readonly tries: number;
  readonly retryAfterSeconds: number;
  readonly backoffMilliseconds: number;
  readonly stallMilliseconds: number;
  readonly documentMilliseconds: number;
}

export function registryLimits(changed: Partial<RegistryLimits> = {}): RegistryLimits {
  return { ...bounds, ...changed };
}

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
  now: Date.now,
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
