/** How much of a stream was read, and what of it was lost. */
import type { EventsRead } from "../model.ts";

export interface Readings {
  event(seconds: number, nanoseconds: number): void;
  evaluated(): void;
  lost(reason: string, count: number): void;
  read(evicted?: Readonly<Record<string, number>>): EventsRead;
}

/** Different reasons that are told apart; whoever writes a source must not fill the memory with them. */
const REASONS = 100;

export function readings(): Readings {
  let events = 0;
  let evaluated = 0;
  let firstSeconds = 0;
  let firstNanoseconds = 0;
  let lastSeconds = 0;
  let lastNanoseconds = 0;
  const lost = new Map<string, number>();
  const nanoseconds = (seconds: number, rest: number) => BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(rest);
  return {
    event(seconds, rest) {
      if (events === 0) {
        firstSeconds = seconds;
        firstNanoseconds = rest;
      }
      events++;
      lastSeconds = seconds;
      lastNanoseconds = rest;
    },
    evaluated() {
      evaluated++;
    },
    lost(reason, count) {
      const key = lost.size < REASONS || lost.has(reason) ? reason : "other reasons";
      lost.set(key, (lost.get(key) ?? 0) + count);
    },
    read: (evicted = {}) => ({
      events,
      evaluated,
      ...(events === 0
        ? {}
        : { first: nanoseconds(firstSeconds, firstNanoseconds), last: nanoseconds(lastSeconds, lastNanoseconds) }),
      lost: [...lost].map(([reason, count]) => ({ reason, count })),
      evicted,
    }),
  };
}
