/** Label selectors (meta/v1, LabelSelector), of which the API server refuses what is not quite right. */
import { isObject } from "../../../core/untyped.ts";
import type { FieldPath } from "../../kubernetes/field-path.ts";
import type { Refuse } from "./refuse.ts";

export interface Selector {
  readonly isEmpty: boolean;
  matches(labels: Readonly<Record<string, unknown>>): boolean;
}

type Requirement = (labels: Readonly<Record<string, unknown>>) => boolean;

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** @param value - as parsed; absent: everything */
export function readSelector(value: unknown, path: FieldPath, refuse: Refuse): Selector {
  if (value === undefined || value === null) return everything;
  if (!isObject(value)) {
    refuse(path, "is no selector");
    return everything;
  }
  const { matchLabels = {}, matchExpressions = [] } = value;
  if (!isObject(matchLabels) || !Array.isArray(matchExpressions)) {
    refuse(path, "is no selector");
    return everything;
  }
  const requirements = [
    ...Object.entries(matchLabels).map(([label, text]) => equal(label, text, [...path, "matchLabels"], refuse)),
    ...matchExpressions.map((each, index) => expressed(each, [...path, "matchExpressions", index], refuse)),
  ];
  return { isEmpty: requirements.length === 0, matches: (labels) => requirements.every((holds) => holds(labels)) };
}

const everything: Selector = { isEmpty: true, matches: () => true };

function equal(label: string, text: unknown, path: FieldPath, refuse: Refuse): Requirement {
  checkLabel(label, path, refuse);
  checkValue(text, path, refuse);
  return (labels) => labelOf(label, labels) === text;
}

function expressed(value: unknown, path: FieldPath, refuse: Refuse): Requirement {
  const { key, operator, values = [] } = isObject(value) ? value : {};
  if (typeof key !== "string" || !Array.isArray(values)) {
    refuse(path, "is no requirement of a selector");
    return () => false;
  }
  checkLabel(key, path, refuse);
  for (const each of values) checkValue(each, path, refuse);
  const takesValues = operator === "In" || operator === "NotIn";
  if (!takesValues && operator !== "Exists" && operator !== "DoesNotExist")
    refuse([...path, "operator"], "must be In, NotIn, Exists or DoesNotExist");
  if (takesValues !== values.length > 0)
    refuse([...path, "values"], `must ${takesValues ? "not " : ""}be empty for ${operator}`);
  return (labels) => {
    const found = labelOf(key, labels);
    if (operator === "Exists") return found !== undefined;
    if (operator === "DoesNotExist") return found === undefined;
    const isAmong = found !== undefined && values.includes(found);
    return operator === "In" ? isAmong : !isAmong;
  };
}

function labelOf(label: string, labels: Readonly<Record<string, unknown>>): unknown {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}

function checkLabel(label: string, path: FieldPath, refuse: Refuse): void {
  const slash = label.indexOf("/");
  const isPrefixed = slash < 0 || PREFIX.test(label.slice(0, slash));
  if (!isPrefixed || !NAME.test(label.slice(slash + 1))) refuse(path, "names no label");
}

function checkValue(value: unknown, path: FieldPath, refuse: Refuse): void {
  if (typeof value !== "string" || (value !== "" && !NAME.test(value))) refuse(path, "has what is no label's value");
}
