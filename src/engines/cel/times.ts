/** Timestamps and durations: their texts, and their parts in a time zone. */
import { trimEndOf } from "../../core/trim.ts";
import type { Duration, Timestamp, Value } from "./model.ts";
import { duration, Failure, MAX_INT, MIN_INT, timestamp } from "./values.ts";

const SECOND = 1_000_000_000n;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z (google.protobuf.Timestamp). */
const FIRST = -62_135_596_800n * SECOND;
const LAST = 253_402_300_800n * SECOND - 1n;

export function timestampOf(nanoseconds: bigint): Timestamp | Failure {
  return nanoseconds < FIRST || nanoseconds > LAST ? new Failure("timestamp out of range") : timestamp(nanoseconds);
}

/** As nanoseconds in 64 bits hold it. */
export function durationOf(nanoseconds: bigint): Duration | Failure {
  return nanoseconds < MIN_INT || nanoseconds > MAX_INT ? new Failure("duration out of range") : duration(nanoseconds);
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

export function parseTimestamp(text: string): Timestamp | Failure {
  const match = text.length > 40 ? null : RFC3339.exec(text);
  if (match === null) return new Failure("invalid timestamp");
  const [
    ,
    year = "",
    month = "",
    day = "",
    hour = "",
    minute = "",
    second = "",
    fraction = "",
    sign,
    hours = "0",
    minutes = "0",
  ] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  const isTime =
    Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60 && Number(hours) < 24 && Number(minutes) < 60;
  if (!isDay || !isTime) return new Failure("invalid timestamp");
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  const seconds = BigInt(date.getTime() / 1_000) - BigInt(offset * 60);
  return timestampOf(seconds * SECOND + BigInt(fraction.padEnd(9, "0")));
}

export function timestampText({ nanoseconds }: Timestamp): string {
  const seconds = floorDivide(nanoseconds, SECOND);
  const date = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  return `${date}${fractionText(nanoseconds - seconds * SECOND)}Z`;
}

export function durationText({ nanoseconds }: Duration): string {
  const positive = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  return `${nanoseconds < 0n ? "-" : ""}${positive / SECOND}${fractionText(positive % SECOND)}s`;
}

function fractionText(nanoseconds: bigint): string {
  return nanoseconds === 0n ? "" : `.${trimEndOf(String(nanoseconds).padStart(9, "0"), "0")}`;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3_600n * SECOND,
};

/** As Go's time.ParseDuration: `1h30m`, `-1.5s`, `0`. */
export function parseDuration(text: string): Duration | Failure {
  const wrong = new Failure("invalid duration");
  if (text.length > 100) return wrong;
  const [, sign = "", body = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === "0") return duration(0n);
  const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
  let total = 0n;
  while (part.lastIndex < body.length) {
    const match = part.exec(body);
    const [, whole = "", fraction = "", unit = ""] = match ?? [];
    const scale = UNITS[unit];
    if (scale === undefined || whole + fraction === "") return wrong;
    total += BigInt(whole || "0") * scale + (BigInt(fraction || "0") * scale) / 10n ** BigInt(fraction.length);
  }
  if (body === "") return wrong;
  return durationOf(sign === "-" ? -total : total);
}

export const timestampParts = [
  ...["getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours", "getMilliseconds"],
  ...["getMinutes", "getMonth", "getSeconds"],
] as const;

/** @param zone - a name of the IANA's, or an offset `+02:00`, `-09:30`, `02:00` */
export function timestampPart(name: string, { nanoseconds }: Timestamp, zone: string): Value | Failure {
  const milliseconds = Number(floorDivide(nanoseconds, 1_000_000n));
  const offset = offsetOf(zone, milliseconds);
  if (offset === undefined) return new Failure("unknown time zone");
  const local = new Date(milliseconds + offset);
  switch (name) {
    case "getDate":
      return BigInt(local.getUTCDate());
    case "getDayOfMonth":
      return BigInt(local.getUTCDate() - 1);
    case "getDayOfWeek":
      return BigInt(local.getUTCDay());
    case "getDayOfYear": {
      const start = new Date(local).setUTCMonth(0, 1);
      return BigInt(Math.floor((local.getTime() - start) / 86_400_000));
    }
    case "getFullYear":
      return BigInt(local.getUTCFullYear());
    case "getHours":
      return BigInt(local.getUTCHours());
    case "getMilliseconds":
      return BigInt(local.getUTCMilliseconds());
    case "getMinutes":
      return BigInt(local.getUTCMinutes());
    case "getMonth":
      return BigInt(local.getUTCMonth());
    case "getSeconds":
      return BigInt(local.getUTCSeconds());
    default:
      return new Failure(`no such overload: ${name}`);
  }
}

/** All of it in one unit, but for the milliseconds, which are those of its last second. */
export function durationPart(name: string, { nanoseconds }: Duration): Value | Failure {
  switch (name) {
    case "getHours":
      return nanoseconds / (3_600n * SECOND);
    case "getMinutes":
      return nanoseconds / (60n * SECOND);
    case "getSeconds":
      return nanoseconds / SECOND;
    case "getMilliseconds":
      return (nanoseconds % SECOND) / 1_000_000n;
    default:
      return new Failure(`no such overload: ${name}`);
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** There are some 600 names. */
const FORMATS = 1_000;

/** Milliseconds to add to UTC. */
function offsetOf(zone: string, milliseconds: number): number | undefined {
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) {
    const [, sign, hours, minutes] = fixed;
    const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return sign === "-" ? -offset : offset;
  }
  const format = formatOf(zone);
  if (format === undefined) return undefined;
  const seconds = Math.floor(milliseconds / 1_000) * 1_000;
  const parts = new Map(
    format.formatToParts(seconds).map(({ type, value }) => [type, Number.parseInt(value, 10)] as const),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const local = new Date(0);
  local.setUTCFullYear(part("year"), part("month") - 1, part("day"));
  local.setUTCHours(part("hour"), part("minute"), part("second"));
  return local.getTime() - seconds;
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(zone) || formats.size >= FORMATS) return undefined;
  try {
    const numeric = {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    } as const;
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      calendar: "gregory",
      ...numeric,
    });
    formats.set(zone, format);
    return format;
  } catch {
    return undefined;
  }
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
