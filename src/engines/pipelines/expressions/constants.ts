/** What expressions come to whatever runs: values where they are known. */
import { parseJson } from "../../../core/parse-json.ts";
import { bounds } from "../bounds.ts";
import type { BinaryOperator, Expression } from "../expression.ts";
import { coreNumber } from "./numbers.ts";
import { contextName } from "./walk.ts";

type Value = string | number | boolean | null;

/** Absent where the value depends on what runs. */
export interface Constant {
  readonly value: Value;
}

/** What is known of a context, by its name as {@link contextName} has it. */
export type Known = (name: string) => Constant | undefined;

const NOTHING: Known = () => undefined;

/**
 * The expression's value if it is the same in every run.
 *
 * @param known - what contexts are in the runs that are asked about
 */
export function constantOf(expression: Expression, known: Known = NOTHING): Constant | undefined {
  switch (expression.kind) {
    case "literal":
      return { value: expression.value };
    case "not": {
      const truth = truthOf(expression.operand, known);
      return truth === undefined ? undefined : { value: !truth };
    }
    case "binary":
      return binary(expression.operator, expression.left, expression.right, known);
    case "call":
      return called(expression.name.toLowerCase(), expression.arguments, known);
    case "context": {
      const name = contextName(expression);
      return name === undefined ? undefined : known(name);
    }
  }
}

/** Whether it always, or never, counts as true; undefined where that depends. */
export function truthOf(expression: Expression, known: Known = NOTHING): boolean | undefined {
  if (expression.kind === "binary" && (expression.operator === "&&" || expression.operator === "||")) {
    const [left, right] = [truthOf(expression.left, known), truthOf(expression.right, known)];
    const decides = expression.operator === "||";
    if (left === decides || right === decides) return decides;
    return left === undefined || right === undefined ? undefined : !decides;
  }
  const constant = constantOf(expression, known);
  return constant === undefined ? undefined : isTrue(constant.value);
}

/** `false`, 0, NaN, the empty text and null count as false. */
export function isTrue(value: Value): boolean {
  return typeof value === "number"
    ? value !== 0 && !Number.isNaN(value)
    : value !== null && value !== false && value !== "";
}

function binary(operator: BinaryOperator, left: Expression, right: Expression, known: Known): Constant | undefined {
  if (operator === "&&" || operator === "||") {
    const first = constantOf(left, known);
    if (first === undefined) return undefined;
    return isTrue(first.value) === (operator === "||") ? first : constantOf(right, known);
  }
  const [first, second] = [constantOf(left, known), constantOf(right, known)];
  if (first === undefined || second === undefined) return undefined;
  return { value: compared(operator, first.value, second.value) };
}

function compared(operator: BinaryOperator, left: Value, right: Value): boolean {
  if (operator === "==") return looselyEqual(left, right);
  if (operator === "!=") return !looselyEqual(left, right);
  const [first, second] = coerced(left, right);
  if (first === null || second === null) return false;
  switch (operator) {
    case "<":
      return first < second;
    case "<=":
      return first <= second;
    case ">":
      return first > second;
    default:
      return first >= second;
  }
}

/** Texts ignore case; of different types both are numbers, and NaN equals nothing. */
export function looselyEqual(left: Value, right: Value): boolean {
  const [first, second] = coerced(left, right);
  return first === second;
}

function coerced(left: Value, right: Value): [Value, Value] {
  if (typeof left === "string" && typeof right === "string") return [left.toUpperCase(), right.toUpperCase()];
  const isSame = left === null ? right === null : typeof left === typeof right && right !== null;
  return isSame ? [left, right] : [numberOf(left), numberOf(right)];
}

function numberOf(value: Value): number {
  if (typeof value === "string") return coreNumber(value);
  return value === null ? 0 : Number(value);
}

/** A value as `format` and `contains` write it. */
export function textOf(value: Value): string {
  if (value === null) return "";
  return typeof value === "number" ? numberText(value) : String(value);
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "0" : String(Number(value.toPrecision(15)));
}

type Call = (values: readonly Value[]) => Value | undefined;

const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["always", () => true],
  ["contains", ([search = null, item = null]) => upper(search).includes(upper(item))],
  ["startswith", ([search = null, item = null]) => upper(search).startsWith(upper(item))],
  ["endswith", ([search = null, item = null]) => upper(search).endsWith(upper(item))],
  ["format", ([form = null, ...values]) => formatted(textOf(form), values)],
  ["join", ([value = null]) => textOf(value)],
  [
    "tojson",
    ([value = null]) => (typeof value === "number" && !Number.isFinite(value) ? undefined : JSON.stringify(value)),
  ],
  ["fromjson", ([value = null]) => scalarJson(textOf(value))],
]);

function called(name: string, given: readonly Expression[], known: Known): Constant | undefined {
  const [list, item] = given;
  const listed = name === "contains" && list !== undefined ? constantList(list, known) : undefined;
  if (listed !== undefined && item !== undefined) {
    const sought = constantOf(item, known);
    return sought === undefined ? undefined : { value: listed.some((one) => looselyEqual(one, sought.value)) };
  }
  const call = CALLS.get(name);
  if (call === undefined) return undefined;
  const constants: Value[] = [];
  for (const one of given) {
    const constant = constantOf(one, known);
    if (constant === undefined) return undefined;
    constants.push(constant.value);
  }
  const value = call(constants);
  return value === undefined ? undefined : { value };
}

/** `fromJSON('["OWNER", "MEMBER"]')`. */
function constantList(expression: Expression, known: Known): readonly Value[] | undefined {
  const [first] = expression.kind === "call" ? expression.arguments : [];
  if (expression.kind !== "call" || expression.name.toLowerCase() !== "fromjson" || first === undefined)
    return undefined;
  const text = constantOf(first, known);
  if (typeof text?.value !== "string") return undefined;
  const parsed = parsedJson(text.value);
  return Array.isArray(parsed) && parsed.every(isValue) ? parsed : undefined;
}

function upper(value: Value): string {
  return textOf(value).toUpperCase();
}

/** `{0}` is the first value; a brace is written twice. */
function formatted(form: string, values: readonly Value[]): string | undefined {
  let length = form.length;
  let known = true;
  const text = form.replace(/\{\{|\}\}|\{([0-9]{1,3})\}|[{}]/g, (mark: string, index: string | undefined) => {
    if (mark === "{{" || mark === "}}") return mark.charAt(0);
    const value = index === undefined ? undefined : values[Number(index)];
    const put = textOf(value ?? null);
    length += put.length;
    if (value === undefined || length > bounds.constantLength) known = false;
    return known ? put : "";
  });
  return known ? text : undefined;
}

/** Lists and mappings are no values here. */
function scalarJson(text: string): Value | undefined {
  const value = parsedJson(text);
  return isValue(value) ? value : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function isValue(value: unknown): value is Value {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
