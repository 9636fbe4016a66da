/**
 * The operators: what a comparison with constants comes to for one value, and between two values. Absent values never get
 * here: every comparison of one is false, `!=` too.
 *
 * Rules: falcosecurity/libs, userspace/libsinsp/filter_compare.cpp and sinsp_filtercheck.cpp.
 */
import { compileWholeRe2 } from "../../../../formats/re2/whole.ts";
import type { FieldType, Value } from "../../fields/field.ts";
import type { Operator } from "../model.ts";
import { isAscii, lowerAscii } from "./case.ts";
import { FaultError } from "./fault.ts";
import { compileGlob, isTooLong } from "./glob.ts";
import {
  inNetwork,
  type Network,
  parseBoolean,
  parseHex,
  parseIp,
  parseNetwork,
  parseNumber,
  parseText,
} from "./literals.ts";
import { compilePaths } from "./paths.ts";

/** One value of a field, no list. */
export type Single = string | number | bigint | boolean;
export type Predicate = (value: Single) => boolean;
export type Relation = (left: Single, right: Single) => boolean;

/**
 * What one value of the type comes to.
 *
 * @param texts - constants as written, byte strings; one for operators that take one
 * @throws FaultError
 */
export function compileOperator(
  type: FieldType,
  operator: Operator,
  modifier: "oneof" | "anyof" | "allof" | undefined,
  texts: readonly string[],
): Predicate {
  if (modifier !== undefined)
    return modified(
      modifier,
      texts.map((text) => compileOperator(type, operator, undefined, [text])),
    );
  switch (type) {
    case "text":
    case "path":
    case "bytes":
      return asPredicate(textPredicate(type, operator, texts));
    case "boolean":
      return equalsOneOf(texts.map(parseBoolean), operator);
    case "address":
      return equalsOneOf(texts.map(parseIp), operator);
    case "network": {
      const networks = texts.map(parseNetwork);
      const inside = (value: Single) => networks.some((network: Network) => inNetwork(String(value), network));
      return operator === "!=" ? (value) => !inside(value) : inside;
    }
    default:
      return numberPredicate(
        operator,
        texts.map((text) => parseNumber(text, type)),
      );
  }
}

/** Nothing holds of no constants at all. */
function modified(modifier: "oneof" | "anyof" | "allof", each: readonly Predicate[]): Predicate {
  if (each.length === 0) return () => false;
  if (modifier === "anyof") return (value) => each.some((predicate) => predicate(value));
  if (modifier === "allof") return (value) => each.every((predicate) => predicate(value));
  return (value) => {
    let holding = 0;
    for (const predicate of each) if (predicate(value) && ++holding > 1) return false;
    return holding === 1;
  };
}

function asPredicate(predicate: (value: string) => boolean): Predicate {
  return (value) => typeof value === "string" && predicate(value);
}

function textPredicate(type: FieldType, operator: Operator, texts: readonly string[]): (value: string) => boolean {
  const parse =
    operator === "bcontains" || operator === "bstartswith" ? parseHex : type === "bytes" ? String : parseText;
  const constants = texts.map((text) => parse(text));
  const [first = ""] = constants;
  switch (operator) {
    case "=":
    case "==":
      return (value) => value === first;
    case "!=":
      return (value) => value !== first;
    case "<":
      return (value) => value < first;
    case "<=":
      return (value) => value <= first;
    case ">":
      return (value) => value > first;
    case ">=":
      return (value) => value >= first;
    case "contains":
    case "bcontains":
      return (value) => value.includes(first);
    case "icontains": {
      const lower = lowerAscii(first);
      return (value) => lowerAscii(value).includes(lower);
    }
    case "startswith":
    case "bstartswith":
      return (value) => value.startsWith(first);
    case "endswith":
      return (value) => value.endsWith(first);
    case "glob":
    case "iglob":
      if (isTooLong(first)) throw new FaultError("glob pattern is too long, or has too many brackets");
      return compileGlob(first, operator === "iglob");
    case "regex":
      return compileRegex(first);
    case "pmatch":
      return compilePaths(constants);
    case "in":
    case "intersects": {
      const members = new Set(constants);
      return (value) => members.has(value);
    }
  }
}

/** An expression takes time by its length times the text's. */
const longestRegex = 8_192;

/** Expressions match characters of UTF-8; what is none counts as U+FFFD. */
function compileRegex(source: string): (value: string) => boolean {
  if (source.length > longestRegex) throw new FaultError(`regex pattern is over ${longestRegex} characters`);
  let matches: (text: string) => boolean;
  try {
    matches = compileWholeRe2(decoded(source));
  } catch (error) {
    throw new FaultError(`invalid regex pattern: ${error instanceof Error ? error.message : String(error)}`);
  }
  return (value) => matches(decoded(value));
}

function decoded(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

function equalsOneOf(constants: readonly Single[], operator: Operator): Predicate {
  const members = new Set(constants);
  return operator === "!=" ? (value) => !members.has(value) : (value) => members.has(value);
}

/** Values and constants are numbers or bigints, whatever the other is. */
function numberPredicate(operator: Operator, constants: readonly (number | bigint)[]): Predicate {
  const [first = 0] = constants;
  switch (operator) {
    case "<":
      return (value) => (value as number) < first;
    case "<=":
      return (value) => (value as number) <= first;
    case ">":
      return (value) => (value as number) > first;
    case ">=":
      return (value) => (value as number) >= first;
    default: {
      const members = new Set<Single>();
      for (const constant of constants) {
        members.add(constant);
        if (typeof constant === "bigint") {
          if (constant >= -(2n ** 53n) && constant <= 2n ** 53n) members.add(Number(constant));
        } else if (Number.isInteger(constant)) members.add(BigInt(constant));
      }
      return operator === "!=" ? (value) => !members.has(value) : (value) => members.has(value);
    }
  }
}

/** A comparison between two fields of the same type. @throws FaultError where the operator takes no field */
export function compileRelation(type: FieldType, operator: Operator): Relation {
  const text =
    (compare: (left: string, right: string) => boolean): Relation =>
    (left, right) =>
      compare(String(left), String(right));
  switch (operator) {
    case "=":
    case "==":
    case "in":
    case "intersects":
      return equal;
    case "!=":
      return (left, right) => !equal(left, right);
    case "<":
      return (left, right) => left < right;
    case "<=":
      return (left, right) => left <= right;
    case ">":
      return (left, right) => left > right;
    case ">=":
      return (left, right) => left >= right;
    case "contains":
    case "bcontains":
      return text((left, right) => left.includes(right));
    case "icontains":
      return text((left, right) => lowerAscii(left).includes(lowerAscii(right)));
    case "startswith":
    case "bstartswith":
      return text((left, right) => left.startsWith(right));
    case "endswith":
      return text((left, right) => left.endsWith(right));
    case "glob":
    case "iglob":
      return text((left, right) => compileGlob(right, operator === "iglob")(left));
    default:
      throw new FaultError(`operator '${operator}' doesn't support right-hand side fields (type ${type})`);
  }
}

function equal(left: Single, right: Single): boolean {
  if (typeof left === typeof right) return left === right;
  if (typeof left === "number" && typeof right === "bigint") return Number.isInteger(left) && BigInt(left) === right;
  return typeof left === "bigint" && typeof right === "number" && Number.isInteger(right) && left === BigInt(right);
}

/** A list against constants: each member among them, or one. */
export function compileListOperator(
  type: FieldType,
  operator: "in" | "intersects",
  texts: readonly string[],
): (value: Value) => boolean {
  const member = compileOperator(type, "in", undefined, texts);
  return operator === "in"
    ? (value) => membersOf(value).every((each) => member(each))
    : (value) => membersOf(value).some((each) => member(each));
}

export function membersOf(value: Value): readonly Single[] {
  return typeof value === "object" ? value : [value];
}
