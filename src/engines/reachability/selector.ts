/** Label selectors, as the API defines them (LabelSelector, meta/v1). */
import { formatFieldPath } from "../kubernetes/field-path.ts";
import type { Fields } from "../kubernetes/read/fields.ts";
import { bounds } from "./bounds.ts";

/** All of its requirements must hold; one without any picks everything. */
export interface Selector {
  /** Equal for selectors that say the same. */
  readonly key: string;
  readonly requirements: readonly Requirement[];
}

export interface Requirement {
  readonly label: string;
  readonly operator: Operator;
  /** Sorted, each once; of one value that a label must have, a list of it. */
  readonly values: readonly string[];
}

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"] as const;
type Operator = (typeof OPERATORS)[number];

export type Labels = Readonly<Record<string, string>>;

/** Why the API server would refuse a selector, told with the field's path. */
export type RefuseSelector = (reason: string) => void;

/** @param refuse - told of all that makes the object one that the API server does not take */
export function readSelector(fields: Fields, refuse: RefuseSelector): Selector {
  const requirements: Requirement[] = Object.entries(fields.stringMap("matchLabels")).map(([label, value]) => {
    check(label, [value], `${formatFieldPath(fields.path())}.matchLabels`, refuse);
    return { label, operator: "In", values: [value] };
  });
  const expressions = fields.list("matchExpressions");
  for (const expression of expressions.slice(0, bounds.selectorRequirements)) {
    const path = formatFieldPath(expression.path());
    const label = expression.string("key") ?? "";
    const operator = OPERATORS.find((one) => one === expression.string("operator"));
    const values = expression.strings("values");
    if (operator === undefined) {
      refuse(`${path}.operator must be one of ${OPERATORS.join(", ")}`);
      continue;
    }
    const takesValues = operator === "In" || operator === "NotIn";
    if (takesValues && values.length === 0) refuse(`${path}.values must not be empty for ${operator}`);
    if (!takesValues && values.length > 0) refuse(`${path}.values must be empty for ${operator}`);
    if (values.length > bounds.selectorValues) refuse(`${path}.values has more than ${bounds.selectorValues} values`);
    check(label, values, path, refuse);
    requirements.push({ label, operator, values: [...new Set(values)].sort() });
  }
  if (expressions.length + requirements.length > 2 * bounds.selectorRequirements) {
    refuse(`${formatFieldPath(fields.path())} has more than ${bounds.selectorRequirements} requirements`);
  }
  return selectorOf(requirements);
}

export function selectorOf(requirements: readonly Requirement[]): Selector {
  const sorted = requirements.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  return { key: JSON.stringify(sorted.map(keyOf)), requirements: sorted };
}

/** Picks whatever has these labels. */
export function selectorOfLabels(labels: Labels): Selector {
  return selectorOf(Object.entries(labels).map(([label, value]) => ({ label, operator: "In", values: [value] })));
}

function keyOf({ label, operator, values }: Requirement): string {
  return JSON.stringify([label, operator, ...values]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A label that is not there satisfies NotIn and DoesNotExist. */
export function matchesLabels({ requirements }: Selector, labels: Labels): boolean {
  return requirements.every((requirement) => meets(requirement, labels));
}

export function meets({ label, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, label) ? labels[label] : undefined;
  if (operator === "Exists") return value !== undefined;
  if (operator === "DoesNotExist") return value === undefined;
  const among = value !== undefined && values.includes(value);
  return operator === "In" ? among : !among;
}

/** Qualified names and label values, as apimachinery's validation has them. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

function check(label: string, values: readonly string[], path: string, refuse: RefuseSelector): void {
  const slash = label.indexOf("/");
  const name = label.slice(slash + 1);
  if (!NAME.test(name) || (slash >= 0 && !PREFIX.test(label.slice(0, slash)))) {
    refuse(`${path}: ${label === "" ? "the empty text" : label} is not a label's name`);
  }
  for (const value of values) {
    if (value !== "" && !NAME.test(value)) refuse(`${path}: ${value} is not a label's value`);
  }
}
