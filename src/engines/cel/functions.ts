/** The standard functions (langdef.md, "List of Standard Definitions"), by name, whether they have a target, and arguments. */
import { RE2JS } from "re2js";
import { bounds } from "./bounds.ts";
import * as conversions from "./conversions.ts";
import type { Value } from "./model.ts";
import { durationPart, timestampPart, timestampParts } from "./times.ts";
import {
  Failure,
  isBytes,
  isDuration,
  isList,
  isMap,
  isTimestamp,
  type Meter,
  spend,
  spendText,
  type,
  typeOf,
} from "./values.ts";

/** @throws TooCostly */
export type Standard = (args: readonly Value[], meter: Meter) => Value | Failure;

const functions = new Map<string, Standard>();

/** @param target - whether the first argument stands before a dot @param count - of arguments, with the target */
export function functionOf(name: string, target: boolean, count: number): Standard | undefined {
  return functions.get(`${target ? "." : ""}${name}/${count}`);
}

/** Whether there is a function of that name at all. */
export function isFunction(name: string): boolean {
  return [...functions.keys()].some((key) => key.replace(/^\./, "").split("/")[0] === name);
}

function define(name: string, work: (...args: never[]) => Value | Failure): void {
  functions.set(name, (args, meter) => (work as (...all: unknown[]) => Value | Failure)(...args, meter));
}

const CONVERSION_STEPS = 3;

for (const [name, convert] of Object.entries({
  int: conversions.toInt,
  uint: conversions.toUint,
  double: conversions.toDouble,
  string: conversions.toText,
  bytes: conversions.toBytes,
  bool: conversions.toBool,
  timestamp: conversions.toTimestamp,
  duration: conversions.toDuration,
})) {
  define(`${name}/1`, (value: Value, meter: Meter) => {
    spend(meter, CONVERSION_STEPS);
    if (typeof value === "string" || isBytes(value)) spendText(meter, value.length);
    return convert(value);
  });
}

define("dyn/1", (value: Value) => value);
define("type/1", (value: Value) => type(typeOf(value)));

function size(value: Value, meter: Meter): Value | Failure {
  if (typeof value === "string") {
    spendText(meter, value.length);
    return BigInt(codePoints(value));
  }
  if (isBytes(value) || isList(value)) return BigInt(value.length);
  return isMap(value) ? BigInt(value.size) : none("size", value);
}

define("size/1", size);
define(".size/1", size);

/** How many there are, without making a list of them. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xdc00) count -= 1;
  }
  return count;
}

const texts: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  contains: (text, part) => text.includes(part),
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
};

for (const [name, holds] of Object.entries(texts)) {
  define(`.${name}/2`, (text: Value, part: Value, meter: Meter) => {
    if (typeof text !== "string" || typeof part !== "string") return none(name, text, part);
    // A search may look at each character as often as its part is long, where both repeat themselves.
    spendText(meter, name === "contains" ? text.length * Math.min(part.length, bounds.stepCharacters) : part.length);
    return holds(text, part);
  });
}

define("matches/2", matches);
define(".matches/2", matches);

/** Making a machine of a pattern, which repetitions within it blow up: of one that is known beforehand no step. */
export const PATTERN_STEPS = 10_000;
/** Asking the system's calendar for a zone. */
const ZONE_STEPS = 30;

function matches(text: Value, pattern: Value, meter: Meter): Value | Failure {
  if (typeof text !== "string" || typeof pattern !== "string") return none("matches", text, pattern);
  spend(meter, PATTERN_STEPS);
  const compiled = patternOf(pattern);
  return compiled instanceof Failure ? compiled : matcherOf(compiled, pattern)([text, pattern], meter);
}

/** `matches` of a pattern that is a constant. */
export function matcherOf(compiled: RE2JS, pattern: string): Standard {
  return ([text = null], meter) => {
    if (typeof text !== "string") return none("matches", text, pattern);
    spendMatch(meter, text, pattern);
    return compiled.matcher(text).find();
  };
}

/** RE2 takes time by the product of both, and is four times as long at it as a plain search. @throws TooCostly */
export function spendMatch(meter: Meter, text: string, pattern: string): void {
  spendText(meter, 4 * (text.length + 1) * (pattern.length + 1));
}

/** A Failure where a text is no expression of RE2. */
export function patternOf(pattern: string): RE2JS | Failure {
  if (pattern.length > bounds.patternLength)
    return new Failure(`a pattern longer than ${bounds.patternLength} characters`);
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return new Failure(`invalid pattern: ${(error as Error).message}`);
  }
}

for (const name of timestampParts) {
  define(`.${name}/1`, (value: Value) => partOf(name, value, "UTC"));
  define(`.${name}/2`, (value: Value, zone: Value, meter: Meter) => {
    if (typeof zone !== "string" || !isTimestamp(value)) return none(name, value, zone);
    spend(meter, ZONE_STEPS);
    return partOf(name, value, zone);
  });
}

function partOf(name: string, value: Value, zone: string): Value | Failure {
  if (isTimestamp(value)) return timestampPart(name, value, zone);
  return isDuration(value) ? durationPart(name, value) : none(name, value);
}

export function none(name: string, ...args: readonly Value[]): Failure {
  return new Failure(`no such overload: ${name}(${args.map(typeOf).join(", ")})`);
}
