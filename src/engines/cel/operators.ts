/** Operators over two values, and over one. */
import { bounds } from "./bounds.ts";
import type { Value } from "./model.ts";
import type { Operator } from "./syntax.ts";
import { durationOf, timestampOf } from "./times.ts";
import {
  compare,
  equal,
  Failure,
  isBytes,
  isDuration,
  isList,
  isMap,
  isTimestamp,
  isUint,
  MAX_INT,
  MAX_UINT,
  type Meter,
  MIN_INT,
  spend,
  TooCostly,
  typeOf,
  uint,
} from "./values.ts";

/** @throws TooCostly */
export function operate(operator: Operator, a: Value, b: Value, meter: Meter): Value | Failure {
  switch (operator) {
    case "==":
      return equal(a, b, meter);
    case "!=":
      return !equal(a, b, meter);
    case "in":
      return isIn(a, b, meter);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return relate(operator, a, b, meter);
    case "+":
      return add(a, b, meter);
    default:
      return arithmetic(operator, a, b);
  }
}

function isIn(item: Value, whole: Value, meter: Meter): Value | Failure {
  if (isList(whole)) return whole.some((each) => equal(each, item, meter));
  return isMap(whole) ? whole.get(item) !== undefined : noOverload("in", item, whole);
}

function relate(operator: "<" | "<=" | ">" | ">=", a: Value, b: Value, meter: Meter): Value | Failure {
  const order = compare(a, b, meter);
  if (order === undefined) return noOverload(operator, a, b);
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function add(a: Value, b: Value, meter: Meter): Value | Failure {
  if (typeof a === "string" && typeof b === "string") return made(a.length + b.length, meter, 5) && a + b;
  if (isBytes(a) && isBytes(b)) return made(a.length + b.length, meter, 5) && Buffer.concat([a, b]);
  if (isList(a) && isList(b)) return made(a.length + b.length, meter, 0) && [...a, ...b];
  if (isTimestamp(a) && isDuration(b)) return timestampOf(a.nanoseconds + b.nanoseconds);
  if (isDuration(a) && isTimestamp(b)) return timestampOf(a.nanoseconds + b.nanoseconds);
  if (isDuration(a) && isDuration(b)) return durationOf(a.nanoseconds + b.nanoseconds);
  return arithmetic("+", a, b);
}

/** What a new value costs by its size. @param shift - so many powers of two of it are one step @throws TooCostly */
export function made(size: number, meter: Meter, shift: number): true {
  if (size > bounds.size) throw new TooCostly(`a value of ${size} characters or items, more than ${bounds.size}`);
  spend(meter, size >> shift);
  return true;
}

function arithmetic(operator: "+" | "-" | "*" | "/" | "%", a: Value, b: Value): Value | Failure {
  if (typeof a === "bigint" && typeof b === "bigint") {
    const value = whole(operator, a, b);
    if (typeof value !== "bigint") return value;
    return value > MAX_INT || value < MIN_INT ? new Failure("integer overflow") : value;
  }
  if (isUint(a) && isUint(b)) {
    const value = whole(operator, a.value, b.value);
    if (typeof value !== "bigint") return value;
    return value > MAX_UINT || value < 0n ? new Failure("unsigned integer overflow") : uint(value);
  }
  if (typeof a === "number" && typeof b === "number" && operator !== "%") return fractional(operator, a, b);
  if (operator === "-") {
    if (isTimestamp(a) && isTimestamp(b)) return durationOf(a.nanoseconds - b.nanoseconds);
    if (isTimestamp(a) && isDuration(b)) return timestampOf(a.nanoseconds - b.nanoseconds);
    if (isDuration(a) && isDuration(b)) return durationOf(a.nanoseconds - b.nanoseconds);
  }
  return noOverload(operator, a, b);
}

function whole(operator: "+" | "-" | "*" | "/" | "%", a: bigint, b: bigint): bigint | Failure {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0n ? new Failure("division by zero") : a / b;
    case "%":
      return b === 0n ? new Failure("modulus by zero") : a % b;
  }
}

function fractional(operator: "+" | "-" | "*" | "/", a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
  }
}

export function negate(value: Value): Value | Failure {
  if (typeof value === "number") return -value;
  if (typeof value !== "bigint") return new Failure(`no such overload: -${typeOf(value)}`);
  return value === MIN_INT ? new Failure("integer overflow") : -value;
}

export function noOverload(operator: string, a: Value, b: Value): Failure {
  return new Failure(`no such overload: ${typeOf(a)} ${operator} ${typeOf(b)}`);
}
