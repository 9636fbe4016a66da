/** Why the word of a suite or a repository does not count, whichever distribution's it is. */
import { Problem } from "../../core/problem.ts";

/** Milliseconds that clocks may differ. */
const SKEW = 10 * 60 * 1000;

export function refused(place: string, code: string, cause: string, remedy?: string): Problem {
  return new Problem({ kind: "input", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
}

/** @throws Problem `updates.date` */
export function refuseFuture(date: Date, now: Date, place: string): void {
  if (date.getTime() > now.getTime() + SKEW) {
    throw refused(place, "updates.date", `dated in the future (${date.toISOString()})`);
  }
}

/**
 * Whoever serves what was true once hides what came since.
 *
 * @param known - the date of an earlier copy; absent: there is none
 * @throws Problem `updates.rolled-back`
 */
export function refuseOlder(date: Date, known: Date | undefined, place: string): void {
  if (known === undefined || known <= date) return;
  const dates = `dated ${date.toISOString()}, and ${known.toISOString()} was seen before`;
  throw refused(place, "updates.rolled-back", dates);
}
