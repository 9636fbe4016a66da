/** One comparison of a condition, compiled to a function of the event. */
import type { FieldScope, Value } from "../../fields/field.ts";
import type { Condition, Operator, Right } from "../model.ts";
import { checkComparable, checkSameType } from "./comparable.ts";
import { FaultError } from "./fault.ts";
import { type Binding, type BoundOperand, bindOperand, widerScope } from "./operands.ts";
import {
  compileListOperator,
  compileOperator,
  compileRelation,
  membersOf,
  type Predicate,
  type Relation,
  type Single,
} from "./operators.ts";

export interface Leaf<Event> {
  /** The same for two leaves that always come to the same. */
  readonly key: string;
  readonly scope: FieldScope;
  test(event: Event): boolean;
  readonly left: BoundOperand<Event>;
  readonly operator: Operator | "exists";
  /** Its constants as written, where it compares with some and has no modifier. */
  readonly texts?: readonly string[];
  /** What it comes to for a value that is there, where it compares one value with constants. */
  readonly predicate?: Predicate;
}

/** @throws FaultError */
export function compileLeaf<Event>(
  condition: Condition & { kind: "compare" | "exists" },
  binding: Binding<Event>,
): Leaf<Event> {
  const left = bindOperand(condition.left, binding);
  const { extract } = left;
  if (condition.kind === "exists") {
    return {
      key: `${left.key} exists`,
      scope: left.scope,
      left,
      operator: "exists",
      test: (event) => extract(event) !== undefined,
    };
  }
  try {
    return compare(condition, left, binding);
  } catch (error) {
    if (!(error instanceof FaultError) || error.at !== undefined) throw error;
    throw new FaultError(`filter error: ${error.message}`, condition.at, error.kind);
  }
}

function compare<Event>(
  { operator, modifier, right }: Condition & { kind: "compare" },
  left: BoundOperand<Event>,
  binding: Binding<Event>,
): Leaf<Event> {
  checkComparable(operator, left.type, left.list);
  if (right.kind === "operand") {
    if (modifier !== undefined)
      throw new FaultError(`'${operator} ${modifier}' doesn't support right-hand side fields`);
    return compareOperands(operator, left, bindOperand(right.operand, binding));
  }
  const texts = constantsOf(right);
  const { extract } = left;
  const base = {
    key: `${left.key} ${operator === "==" ? "=" : operator} ${modifier ?? ""} ${JSON.stringify(texts)}`,
    scope: left.scope,
    left,
    operator,
    ...(modifier === undefined ? { texts } : {}),
  };
  if (left.list && (operator === "in" || operator === "intersects")) {
    const test = compileListOperator(left.type, operator, texts);
    return { ...base, test: valueTest(extract, test) };
  }
  const predicate = compileOperator(left.type, operator, modifier, texts);
  if (left.several === undefined)
    return { ...base, predicate, test: valueTest(extract, predicate as (value: Value) => boolean) };
  const all = left.several === "either" && operator === "!=";
  return {
    ...base,
    test: valueTest(extract, (value) =>
      all ? membersOf(value).every((each) => predicate(each)) : membersOf(value).some((each) => predicate(each)),
    ),
  };
}

function constantsOf(right: Exclude<Right, { kind: "operand" }>): readonly string[] {
  return right.kind === "value" ? [right.text] : right.texts;
}

function valueTest<Event>(
  extract: (event: Event) => Value | undefined,
  test: (value: Value) => boolean,
): (event: Event) => boolean {
  return (event) => {
    const value = extract(event);
    return value !== undefined && test(value);
  };
}

function compareOperands<Event>(
  operator: Operator,
  left: BoundOperand<Event>,
  right: BoundOperand<Event>,
): Leaf<Event> {
  if (left.type === "network" || right.type === "network")
    throw new FaultError("field type 'IPNET' doesn't support right-hand side fields");
  if (left.several !== undefined) throw new FaultError(`field '${left.name}' doesn't support right-hand side fields`);
  if (right.several !== undefined)
    throw new FaultError(`field '${right.name}' can't be used as a right-hand side field`);
  checkSameType(left, right);
  const relation = compileRelation(left.type, operator);
  const related = left.list ? listRelation(operator, relation) : (relation as (left: Value, right: Value) => boolean);
  return {
    key: `${left.key} ${operator === "==" ? "=" : operator} ${right.key}`,
    scope: widerScope(left.scope, right.scope),
    left,
    operator,
    test(event) {
      const value = left.extract(event);
      if (value === undefined) return false;
      const other = right.extract(event);
      return other !== undefined && related(value, other);
    },
  };
}

function listRelation(operator: Operator, relation: Relation): (left: Value, right: Value) => boolean {
  const among = (value: Single, others: Value) => membersOf(others).some((other) => relation(value, other));
  return operator === "in"
    ? (left, right) => membersOf(left).every((each) => among(each, right))
    : (left, right) => membersOf(left).some((each) => among(each, right));
}
