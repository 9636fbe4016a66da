/** How old signatures and what they say are. */
import type { DecisionRefusal } from "../../engines/trust/decision-model.ts";
import type { SignedTime } from "../../engines/trust/model.ts";

const DAY = 24 * 60 * 60 * 1_000;

/** Clocks of others may be ahead by so much. */
const AHEAD = 5 * 60 * 1_000;

export type Aged = { readonly validUntil?: string } | DecisionRefusal;

/** The first time that anybody vouches for: a signature can be given a later one at any time. */
export function signedAt(times: readonly SignedTime[]): string | undefined {
  return times.map(({ at }) => new Date(at).toISOString()).sort()[0];
}

/** @param at - ISO 8601 @param what - `signed`, `scanned` */
export function aged(at: string | undefined, maxAgeDays: number | undefined, what: string, now: Date): Aged {
  if (maxAgeDays === undefined) return {};
  const time = at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(time))
    return { code: "trust.age", reason: "nobody vouches for a time, and the rule has a maximum age" };
  if (time > now.getTime() + AHEAD) return { code: "trust.age", reason: `${what} at ${at}, which is not yet` };
  const until = time + maxAgeDays * DAY;
  if (now.getTime() > until) {
    const days = Math.floor((now.getTime() - time) / DAY);
    return { code: "trust.age", reason: `${what} ${days} days ago, at most ${maxAgeDays}` };
  }
  return { validUntil: new Date(until).toISOString() };
}

/** The earliest, where there is any. */
export function earliest(times: readonly (string | undefined)[]): string | undefined {
  return times.filter((time) => time !== undefined).sort()[0];
}

/** The latest: of several that each suffice, the last to run out. */
export function latest(times: readonly (string | undefined)[]): string | undefined {
  if (times.includes(undefined)) return undefined;
  return times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
}
