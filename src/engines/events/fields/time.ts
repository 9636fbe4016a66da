/** Times of events in the forms that rules and outputs ask for. Always UTC: what is reported does not depend on where. */

/** What of an event tells its time. */
export interface Timed {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export const nanosecondsInSecond = 1_000_000_000n;

/** Nanoseconds since 1970. */
export function timeOf({ seconds, nanoseconds }: Timed): bigint {
  return BigInt(seconds) * nanosecondsInSecond + BigInt(nanoseconds);
}

/** Last second that a date can be made of. */
const LAST = 253_402_300_799;

function parts({ seconds }: Timed): readonly [date: string, time: string] {
  const iso = new Date(Math.min(Math.max(seconds, 0), LAST) * 1_000).toISOString();
  return [iso.slice(0, 10), iso.slice(11, 19)];
}

function fraction({ nanoseconds }: Timed): string {
  return String(nanoseconds).padStart(9, "0");
}

/** `14:03:22.000000001` */
export function clock(event: Timed): string {
  return `${parts(event)[1]}.${fraction(event)}`;
}

/** `14:03:22` */
export function clockSeconds(event: Timed): string {
  return parts(event)[1];
}

/** `2026-11-28 14:03:22.000000001` */
export function dateAndClock(event: Timed): string {
  return `${parts(event)[0]} ${clock(event)}`;
}

/** `2026-11-28 14:03:22` */
export function dateAndSeconds(event: Timed): string {
  return parts(event).join(" ");
}

/** `2026-11-28T14:03:22.000000001+0000`, the zone as Falco writes it. */
export function iso8601(event: Timed): string {
  return `${parts(event)[0]}T${clock(event)}+0000`;
}

/** A number of nanoseconds with nine digits. */
export function padded(value: number | bigint): string {
  return String(value).padStart(9, "0");
}
