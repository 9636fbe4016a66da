/** `text.format([…])`, as cel-go's ext/formatting.go writes it: within lists and maps as the language's literals. */

import { bounds } from "../bounds.ts";
import { toText } from "../conversions.ts";
import type { CelMap, List, Value } from "../model.ts";
import { made } from "../operators.ts";
import { durationText, timestampText } from "../times.ts";
import {
  Failure,
  isBytes,
  isDuration,
  isList,
  isMap,
  isTimestamp,
  isUint,
  type Meter,
  spend,
  spendText,
  TooCostly,
  typeOf,
} from "../values.ts";

/** Digits that may be asked for (cel-go's default is 100 where a bound is set). */
const PRECISION = 100;
/** What a literal within a list or a map takes beside its characters. */
const LITERAL_STEPS = 10;
const CLAUSE = /%(?:(%)|(?:\.(\d+))?([A-Za-z]))|%/g;

/** @throws TooCostly */
export function format(text: string, values: List, meter: Meter): Value | Failure {
  spendText(meter, text.length);
  let next = 0;
  let from = 0;
  let result = "";
  for (const match of text.matchAll(CLAUSE)) {
    const [whole, percent, precision, letter] = match;
    result += text.slice(from, match.index);
    from = match.index + whole.length;
    if (percent !== undefined) {
      result += "%";
      continue;
    }
    const value = values[next];
    if (value === undefined) return new Failure(`index ${next} out of range`);
    next += 1;
    if (letter === undefined) return new Failure("unexpected end of a format");
    if (Number(precision ?? 0) > PRECISION) return new Failure(`a precision of more than ${PRECISION} digits`);
    const shown = shownBy(letter, value, precision === undefined ? 6 : Number(precision), meter);
    if (shown instanceof Failure) return shown;
    made(result.length + shown.length, meter, 5);
    result += shown;
  }
  return result + text.slice(from);
}

function shownBy(letter: string, value: Value, precision: number, meter: Meter): string | Failure {
  switch (letter) {
    case "s":
      return plain(value, meter, 0);
    case "d":
      return whole(value) ?? none("decimal", value);
    case "f":
      return doubled(value, (number) => grouped(fixed(number, precision)));
    case "e":
      return doubled(value, (number) => scientific(number, precision));
    case "b":
      if (typeof value === "boolean") return value ? "1" : "0";
      return based(value, 2) ?? none("binary", value);
    case "o":
      return based(value, 8) ?? none("octal", value);
    case "x":
    case "X": {
      const bytes = typeof value === "string" ? Buffer.from(value) : isBytes(value) ? Buffer.from(value) : undefined;
      const digits = bytes?.toString("hex") ?? based(value, 16);
      if (digits === undefined) return none("hexadecimal", value);
      return letter === "X" ? digits.toUpperCase() : digits;
    }
    default:
      return new Failure(`unrecognized formatting clause ${letter}`);
  }
}

function none(what: string, value: Value): Failure {
  return new Failure(`no ${what} form of ${typeOf(value)}`);
}

function whole(value: Value): string | undefined {
  if (typeof value === "bigint") return String(value);
  return isUint(value) ? String(value.value) : undefined;
}

function based(value: Value, base: number): string | undefined {
  if (typeof value === "bigint") return value.toString(base);
  return isUint(value) ? value.value.toString(base) : undefined;
}

/** A double, or a text that names what no digits do. */
function doubled(value: Value, write: (number: number) => string): string | Failure {
  if (typeof value === "number") return write(value);
  const named = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, "-Infinity": Number.NEGATIVE_INFINITY };
  const number = typeof value === "string" ? named[value as keyof typeof named] : undefined;
  return number === undefined ? none("floating point", value) : write(number);
}

function special(number: number): string | undefined {
  if (Number.isFinite(number)) return undefined;
  return Number.isNaN(number) ? "NaN" : number > 0 ? "∞" : "-∞";
}

/** Exact, and half to even: what a double holds is a whole number over a power of two. */
function fixed(number: number, precision: number): string {
  const named = special(number);
  if (named !== undefined) return named;
  const [numerator, shift] = exact(Math.abs(number));
  const scaled = numerator * 10n ** BigInt(precision);
  let digits = scaled >> shift;
  const rest = scaled - (digits << shift);
  const half = shift === 0n ? 0n : 1n << (shift - 1n);
  if (shift > 0n && (rest > half || (rest === half && digits % 2n === 1n))) digits += 1n;
  const text = String(digits).padStart(precision + 1, "0");
  const point = precision === 0 ? "" : `.${text.slice(-precision)}`;
  const sign = number < 0 || Object.is(number, -0) ? "-" : "";
  return `${sign}${precision === 0 ? text : text.slice(0, -precision)}${point}`;
}

/** It is the first divided by two to the power of the second. */
function exact(number: number): readonly [bigint, bigint] {
  let shift = 0n;
  let value = number;
  while (!Number.isInteger(value)) {
    value *= 2;
    shift += 1n;
  }
  return [BigInt(value), shift];
}

/** Thousands are grouped, as American English has it. */
function grouped(text: string): string {
  const [before = "", after] = text.split(".");
  const sign = before.startsWith("-") ? "-" : "";
  const groups: string[] = [];
  for (let end = before.length; end > sign.length; end -= 3)
    groups.unshift(before.slice(Math.max(sign.length, end - 3), end));
  const whole = `${sign}${groups.join(",")}`;
  return after === undefined ? whole : `${whole}.${after}`;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function scientific(number: number, precision: number): string {
  const named = special(number);
  if (named !== undefined) return named;
  const [digits = "", exponent = "+0"] = number.toExponential(Math.min(precision, 100)).split("e");
  const power = exponent
    .slice(1)
    .padStart(2, "0")
    .replace(/\d/g, (digit) => RAISED[Number(digit)] ?? "");
  return `${digits}\u202f×\u202f10${exponent.startsWith("-") ? "⁻" : ""}${power}`;
}

/** As Go's strconv writes it in as few digits as there may be (`%g`): `2e-09`, `1e+06`. */
export function doubleText(number: number): string {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
  const [digits = "", exponent = ""] = number.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return Object.is(number, -0) ? "-0" : String(number);
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** `%s` */
function plain(value: Value, meter: Meter, depth: number): string | Failure {
  spend(meter, 1);
  if (value === null) return "null";
  if (isList(value)) return listed(value, meter, depth);
  if (isMap(value)) return mapped(value, meter, depth);
  if (typeof value === "object" && !isBytes(value) && value.kind === "type") return value.name;
  if (typeof value === "number") return doubleText(value);
  const text = toText(value);
  return typeof text === "string" ? text : none("text", value);
}

function listed(list: List, meter: Meter, depth: number): string | Failure {
  const parts: string[] = [];
  for (const item of list) {
    const part = literal(item, meter, depth + 1);
    if (part instanceof Failure) return part;
    parts.push(part);
  }
  return `[${parts.join(", ")}]`;
}

function mapped(map: CelMap, meter: Meter, depth: number): string | Failure {
  const parts: (readonly [string, string])[] = [];
  for (const key of map.keys()) {
    const name = typeof key === "string" ? quoted(key) : typeof key === "boolean" ? String(key) : whole(key);
    const part = literal(map.get(key) ?? null, meter, depth + 1);
    if (name === undefined) return none("literal", key);
    if (part instanceof Failure) return part;
    parts.push([name, part]);
  }
  parts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${parts.map(([name, part]) => `${name}:${part}`).join(", ")}}`;
}

/** Within a list or a map. @throws TooCostly */
function literal(value: Value, meter: Meter, depth: number): string | Failure {
  if (depth > bounds.valueDepth) throw new TooCostly(`a value nested deeper than ${bounds.valueDepth} levels`);
  spend(meter, LITERAL_STEPS);
  if (typeof value === "string") {
    spendText(meter, 4 * value.length);
    return quoted(value);
  }
  if (typeof value === "number") {
    const named = special(value);
    return named === undefined ? fixed(value, 6) : quoted(doubleText(value));
  }
  if (isBytes(value)) {
    const text = toText(value);
    return text instanceof Failure ? text : `b${quoted(String(text))}`;
  }
  if (isTimestamp(value)) return `timestamp(${quoted(timestampText(value))})`;
  if (isDuration(value)) return `duration(${quoted(durationText(value))})`;
  return plain(value, meter, depth);
}

/** As Go's `%q`, but that what is printable there and not in JSON stays as it is. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\u00([01][0-9a-f]|7f)/g, "\\x$1");
}
