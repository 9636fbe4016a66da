/** Times of lines: `2026-01-31T12:00:00.000000001Z`, seconds since 1970, or `+30s` after the event before. */

export interface LineTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const units = { s: 1_000_000_000n, ms: 1_000_000n, us: 1000n, ns: 1n } as const;
const LATEST = 2n ** 64n;

/** Time of an event that says none: so much after the one before. */
export const STEP = 1_000_000n;

/**
 * Nanoseconds since 1970; undefined for what is no time.
 *
 * @param before - the time of the event before
 */
export function timeOf(value: unknown, before: bigint): bigint | undefined {
  const time =
    typeof value === "number" ? ofSeconds(value) : typeof value === "string" ? ofText(value, before) : undefined;
  return time !== undefined && time >= 0n && time < LATEST ? time : undefined;
}

function ofSeconds(value: number): bigint | undefined {
  // A fraction of a double is not exact to the nanosecond; microseconds are.
  return Number.isFinite(value) && value >= 0 && value < 1e10 ? BigInt(Math.round(value * 1e6)) * 1000n : undefined;
}

function ofText(value: string, before: bigint): bigint | undefined {
  const [, later, unit] = /^\+(\d{1,12})(s|ms|us|ns)$/.exec(value) ?? [];
  if (later !== undefined && unit !== undefined) return before + BigInt(later) * units[unit as keyof typeof units];
  const [, date, fraction = "", zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(value) ?? [];
  if (date === undefined || zone === undefined) return undefined;
  const milliseconds = Date.parse(`${date}${zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** `2026-01-31T12:00:00.000000001Z` */
export function timeText({ seconds, nanoseconds }: LineTime): string {
  const date = new Date(seconds * 1000);
  // What no date is has still to be read again.
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return "9999-12-31T23:59:59.999999999Z";
  return `${date.toISOString().slice(0, 19)}.${String(nanoseconds).padStart(9, "0")}Z`;
}
