/** Times as RFC 3339 writes them: `2026-03-01T12:00:00.123456789Z`, with another offset than Z as well. */

export interface Moment {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  /** In that second. */
  readonly nanoseconds: number;
}

const FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** @returns undefined for what is no time; digits beyond nanoseconds are dropped */
export function readMoment(text: unknown): Moment | undefined {
  if (typeof text !== "string" || text.length > 64) return undefined;
  const found = FORM.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHours = "0", offsetMinutes = "0"] = found;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  // 60 is a leap second, which is the next one's first.
  if (h > 23 || m > 59 || s > 60 || Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (midnight.getUTCMonth() !== Number(month) - 1 || midnight.getUTCDate() !== Number(day)) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60 * (sign === "-" ? -1 : 1);
  return {
    seconds: midnight.getTime() / 1_000 + h * 3_600 + m * 60 + s - offset,
    nanoseconds: Number(fraction.padEnd(9, "0")),
  };
}

/** Nanoseconds since 1970. */
export function nanosecondsOf({ seconds, nanoseconds }: Moment): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}
