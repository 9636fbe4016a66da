/** The functions that are called as types: `int(…)`, `string(…)`. */
import type { Value } from "./model.ts";
import { durationText, parseDuration, parseTimestamp, timestampOf, timestampText } from "./times.ts";
import { Failure, isBytes, isDuration, isTimestamp, isUint, MAX_INT, MAX_UINT, MIN_INT, uint } from "./values.ts";

const range = () => new Failure("range error");
const none = (name: string) => new Failure(`no such overload: ${name}`);

/** Digits that a text of a number may have. */
const DIGITS = 400;

export function toInt(value: Value): Value | Failure {
  if (typeof value === "bigint") return value;
  if (isUint(value)) return value.value > MAX_INT ? range() : value.value;
  if (typeof value === "number") return fromDouble(value, -(2 ** 63), 2 ** 63);
  if (typeof value === "string") {
    const read = /^[+-]?\d+$/.test(value) && value.length <= DIGITS ? BigInt(value.replace(/^\+/, "")) : undefined;
    if (read === undefined) return new Failure("invalid text of an int");
    return read > MAX_INT || read < MIN_INT ? range() : read;
  }
  if (isTimestamp(value)) {
    const seconds = value.nanoseconds / 1_000_000_000n;
    return value.nanoseconds % 1_000_000_000n < 0n ? seconds - 1n : seconds;
  }
  return none("int");
}

export function toUint(value: Value): Value | Failure {
  if (isUint(value)) return value;
  if (typeof value === "bigint") return value < 0n ? range() : uint(value);
  if (typeof value === "number") {
    const read = fromDouble(value, -1, 2 ** 64);
    return typeof read === "bigint" ? uint(read) : read;
  }
  if (typeof value === "string") {
    const read = /^\d+$/.test(value) && value.length <= DIGITS ? BigInt(value) : undefined;
    if (read === undefined) return new Failure("invalid text of a uint");
    return read > MAX_UINT ? range() : uint(read);
  }
  return none("uint");
}

/** The bounds themselves are none: whether they are in range would rest on rounding. */
function fromDouble(value: number, above: number, below: number): bigint | Failure {
  return value > above && value < below ? BigInt(Math.trunc(value)) : range();
}

const DOUBLE = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const NAMED = /^([+-]?)(?:inf|infinity)$/i;

export function toDouble(value: Value): Value | Failure {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (isUint(value)) return Number(value.value);
  if (typeof value !== "string") return none("double");
  if (value.length <= DIGITS && DOUBLE.test(value)) return Number(value);
  const named = value.length <= 9 ? NAMED.exec(value) : null;
  if (named !== null) return named[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^nan$/i.test(value) ? Number.NaN : new Failure("invalid text of a double");
}

export function toText(value: Value): Value | Failure {
  switch (typeof value) {
    case "string":
      return value;
    case "bigint":
    case "boolean":
      return String(value);
    case "number":
      return doubleText(value);
  }
  if (value === null) return none("string");
  if (isBytes(value)) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      return new Failure("invalid UTF-8");
    }
  }
  if (isUint(value)) return String(value.value);
  if (isTimestamp(value)) return timestampText(value);
  return isDuration(value) ? durationText(value) : none("string");
}

function doubleText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

export function toBytes(value: Value): Value | Failure {
  if (typeof value === "string") return Buffer.from(value);
  return isBytes(value) ? value : none("bytes");
}

const TRUTHS: Readonly<Record<string, boolean>> = {
  ...{ "1": true, t: true, T: true, true: true, TRUE: true, True: true },
  ...{ "0": false, f: false, F: false, false: false, FALSE: false, False: false },
};

export function toBool(value: Value): Value | Failure {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return none("bool");
  return Object.hasOwn(TRUTHS, value) ? (TRUTHS[value] as boolean) : new Failure("invalid text of a bool");
}

export function toTimestamp(value: Value): Value | Failure {
  if (typeof value === "string") return parseTimestamp(value);
  if (typeof value === "bigint") return timestampOf(value * 1_000_000_000n);
  return isTimestamp(value) ? value : none("timestamp");
}

export function toDuration(value: Value): Value | Failure {
  if (typeof value === "string") return parseDuration(value);
  return isDuration(value) ? value : none("duration");
}
