/** Values: what type they are of, when two are equal, how they are ordered. */
import { bounds } from "./bounds.ts";
import type { Ask, CelMap, Duration, List, Opaque, Optional, Timestamp, Type, Uint, Value } from "./model.ts";

/** What an expression comes to where it comes to no value. */
export class Failure {
  readonly reason: string;
  /** Of the expression that failed; -1 until that is known. */
  readonly offset: number;

  constructor(reason: string, offset = -1) {
    this.reason = reason;
    this.offset = offset;
  }

  /** The same with the place of the expression that failed, where it has none. */
  placed(offset: number): Failure {
    return this.offset < 0 ? new Failure(this.reason, offset) : this;
  }
}

/** It rests on what is not known. Before a failure, since what is not known may decide it. */
export class Unanswered extends Failure {
  readonly asks: readonly Ask[];

  constructor(asks: readonly Ask[], offset = -1) {
    super(asks[0]?.reason ?? "not known", offset);
    this.asks = asks;
  }

  override placed(offset: number): Failure {
    return this.offset < 0 ? new Unanswered(this.asks, offset) : this;
  }
}

/** Of two operands that both fail, where either may decide: what is not known counts before an error. */
export function failed(one: Failure | undefined, other: Failure): Failure {
  if (one === undefined) return other;
  if (!(other instanceof Unanswered)) return one;
  return one instanceof Unanswered ? new Unanswered([...one.asks, ...other.asks], one.offset) : other;
}

/** Over a bound: no operator takes it for an answer. */
export class TooCostly extends Error {}

/** What one evaluation may still do. */
export interface Meter {
  left: number;
}

/** @throws TooCostly */
export function spend(meter: Meter, steps: number): void {
  meter.left -= steps;
  if (meter.left < 0) throw new TooCostly("more steps than an evaluation may take");
}

/** @throws TooCostly */
export function spendText(meter: Meter, characters: number): void {
  spend(meter, Math.floor(characters / bounds.stepCharacters));
}

export const MAX_INT = 2n ** 63n - 1n;
export const MIN_INT = -(2n ** 63n);
export const MAX_UINT = 2n ** 64n - 1n;

export const uint = (value: bigint): Uint => ({ kind: "uint", value });
export const timestamp = (nanoseconds: bigint): Timestamp => ({ kind: "timestamp", nanoseconds });
export const duration = (nanoseconds: bigint): Duration => ({ kind: "duration", nanoseconds });
export const type = (name: string): Type => ({ kind: "type", name });

export const optional = (value: Value | undefined): Optional => ({ kind: "optional", value });
export const NONE: Optional = optional(undefined);

export const isOptional = (value: Value): value is Optional => isKind(value, "optional");
export const isOpaque = (value: Value): value is Opaque => isKind(value, "opaque");
export const isUint = (value: Value): value is Uint => isKind(value, "uint");
export const isMap = (value: Value): value is CelMap => isKind(value, "map");
export const isTimestamp = (value: Value): value is Timestamp => isKind(value, "timestamp");
export const isDuration = (value: Value): value is Duration => isKind(value, "duration");
export const isBytes = (value: Value): value is Uint8Array => value instanceof Uint8Array;
export const isList = (value: Value): value is List => Array.isArray(value);

function isKind(value: Value, kind: string): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

/** As `type()` names it. */
export function typeOf(value: Value): string {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "double";
    case "string":
      return "string";
  }
  if (value === null) return "null_type";
  if (isBytes(value)) return "bytes";
  if (isList(value)) return "list";
  switch (value.kind) {
    case "uint":
    case "map":
    case "type":
      return value.kind;
    case "timestamp":
      return "google.protobuf.Timestamp";
    case "duration":
      return "google.protobuf.Duration";
    case "optional":
      return "optional_type";
    case "opaque":
      return value.type;
  }
}

/** A number of whichever type: int and uint as bigint. */
export function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === "bigint" || typeof value === "number") return value;
  return isUint(value) ? value.value : undefined;
}

/** Values of different types are unequal, but for numbers, which are one line. @throws TooCostly */
export function equal(a: Value, b: Value, meter: Meter, depth = 0): boolean {
  spend(meter, 1);
  if (depth > bounds.valueDepth) throw new TooCostly(`values nested deeper than ${bounds.valueDepth} levels`);
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined || y !== undefined) return x !== undefined && y !== undefined && order(x, y) === 0;
  if (typeof a === "string" || typeof b === "string") {
    if (typeof a !== "string" || typeof b !== "string" || a.length !== b.length) return false;
    spend(meter, a.length >> 5);
    return a === b;
  }
  if (typeof a === "boolean" || a === null || typeof b === "boolean" || b === null) return a === b;
  if (isBytes(a) || isBytes(b)) return isBytes(a) && isBytes(b) && compareBytes(a, b, meter) === 0;
  if (isList(a) || isList(b)) {
    if (!isList(a) || !isList(b) || a.length !== b.length) return false;
    return a.every((item, index) => equal(item, b[index] as Value, meter, depth + 1));
  }
  if (isMap(a) || isMap(b)) return isMap(a) && isMap(b) && equalMaps(a, b, meter, depth);
  if (isOptional(a) || isOptional(b)) {
    if (!isOptional(a) || !isOptional(b) || a.value === undefined || b.value === undefined)
      return isOptional(a) && isOptional(b) && a.value === b.value;
    return equal(a.value, b.value, meter, depth + 1);
  }
  if (isOpaque(a) || isOpaque(b)) return isOpaque(a) && isOpaque(b) && a.type === b.type && a.key === b.key;
  return equalTagged(a as Tagged, b as Tagged);
}

type Tagged = Timestamp | Duration | Type;

function equalTagged(a: Tagged, b: Tagged): boolean {
  if (a.kind === "type" || b.kind === "type") return a.kind === "type" && b.kind === "type" && a.name === b.name;
  return a.kind === b.kind && a.nanoseconds === b.nanoseconds;
}

function equalMaps(a: CelMap, b: CelMap, meter: Meter, depth: number): boolean {
  if (a.size !== b.size) return false;
  for (const key of a.keys()) {
    const [x, y] = [a.get(key), b.get(key)];
    if (x === undefined || y === undefined || !equal(x, y, meter, depth + 1)) return false;
  }
  return true;
}

/** Negative, zero or positive; NaN where a double is; undefined where the two have no order. @throws TooCostly */
export function compare(a: Value, b: Value, meter: Meter): number | undefined {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return order(x, y);
  if (typeof a === "string" && typeof b === "string") {
    spend(meter, Math.min(a.length, b.length) >> 5);
    return compareTexts(a, b);
  }
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (isBytes(a) && isBytes(b)) return compareBytes(a, b, meter);
  if ((isTimestamp(a) && isTimestamp(b)) || (isDuration(a) && isDuration(b))) {
    return a.nanoseconds < b.nanoseconds ? -1 : a.nanoseconds > b.nanoseconds ? 1 : 0;
  }
  return undefined;
}

function compareBytes(a: Uint8Array, b: Uint8Array, meter: Meter): number {
  spend(meter, Math.min(a.length, b.length) >> 5);
  return Buffer.compare(a, b);
}

/** A whole number beside a double is taken for the double next to it, as the language's own tests have it. */
function order(a: bigint | number, b: bigint | number): number {
  const [x, y] = typeof a === typeof b ? [a, b] : [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  return x < y ? -1 : x > y ? 1 : 0;
}

/** By code points. JavaScript's own order is that of UTF-16, which has surrogates before U+E000 and above. */
function compareTexts(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === a.length || at === b.length) return a.length - b.length;
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
  return rank(x) - rank(y);
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
