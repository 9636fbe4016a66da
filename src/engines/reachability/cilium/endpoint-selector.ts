/**
 * Endpoint selectors: label selectors whose keys may name where the label is from (`k8s:app`, `reserved:host`, `any:app`).
 * Shape and reading: pkg/policy/api/selector.go of Cilium.
 */
import { formatFieldPath } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { bounds } from "../bounds.ts";

export interface EndpointSelector {
  /** Equal for selectors that say the same. */
  readonly key: string;
  readonly requirements: readonly LabelRequirement[];
}

export interface LabelRequirement {
  /** `any` where none is stated: wherever the label is from. */
  readonly source: string;
  readonly label: string;
  readonly operator: (typeof OPERATORS)[number];
  readonly values: readonly string[];
}

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

/** A label's value; undefined where the identity has none, null where nobody knows. */
export type IdentityLabels = (source: string, label: string) => string | undefined | null;

/** @param refuse - told of all that makes the policy one that is not taken */
export function readEndpointSelector(fields: Fields, refuse: (reason: string) => void): EndpointSelector {
  const path = formatFieldPath(fields.path());
  const requirements: LabelRequirement[] = Object.entries(fields.stringMap("matchLabels")).map(([key, value]) => ({
    ...sourceOf(key),
    operator: "In",
    values: [value],
  }));
  const expressions = fields.list("matchExpressions");
  if (expressions.length + requirements.length > bounds.selectorRequirements) {
    refuse(`${path} has more than ${bounds.selectorRequirements} requirements`);
  }
  for (const expression of expressions.slice(0, bounds.selectorRequirements)) {
    const operator = OPERATORS.find((one) => one === expression.string("operator"));
    const values = expression.strings("values");
    const at = formatFieldPath(expression.path());
    if (operator === undefined) {
      refuse(`${at}.operator must be one of ${OPERATORS.join(", ")}`);
      continue;
    }
    const takesValues = operator === "In" || operator === "NotIn";
    if (takesValues !== values.length > 0)
      refuse(`${at}.values must ${takesValues ? "not " : ""}be empty for ${operator}`);
    if (values.length > bounds.selectorValues) refuse(`${at}.values has more than ${bounds.selectorValues} values`);
    const key = expression.string("key") ?? "";
    if (key === "") refuse(`${at}.key is missing`);
    requirements.push({ ...sourceOf(key), operator, values: [...new Set(values)].sort() });
  }
  for (const name of fields.keys) {
    if (name !== "matchLabels" && name !== "matchExpressions") refuse(`${path}.${name} is not a field of a selector`);
  }
  return endpointSelectorOf(requirements);
}

export function endpointSelectorOf(requirements: readonly LabelRequirement[]): EndpointSelector {
  const keys = requirements.map(({ source, label, operator, values }) =>
    JSON.stringify([source, label, operator, ...values]),
  );
  return { key: keys.sort().join("\n"), requirements };
}

function sourceOf(key: string): Pick<LabelRequirement, "source" | "label"> {
  if (key.startsWith("$")) return { source: "reserved", label: key.slice(1) };
  const colon = key.indexOf(":");
  if (colon >= 0) return { source: key.slice(0, colon), label: key.slice(colon + 1) };
  return key.startsWith("reserved.")
    ? { source: "reserved", label: key.slice("reserved.".length) }
    : { source: "any", label: key };
}

/** Whether a requirement of one of these sources is about this label, or one below it (`io.cilium.k8s.namespace.labels.`). */
export function asksFor({ requirements }: EndpointSelector, label: string): boolean {
  return requirements.some(
    (one) =>
      (one.source === "any" || one.source === "k8s") &&
      (label.endsWith(".") ? one.label.startsWith(label) : one.label === label),
  );
}

/** Undefined: what was read does not tell. */
export function matchesIdentity({ requirements }: EndpointSelector, labels: IdentityLabels): boolean | undefined {
  let unknown = false;
  for (const { source, label, operator, values } of requirements) {
    const value = labels(source, label);
    if (value === null) {
      unknown = true;
      continue;
    }
    const has = value !== undefined;
    const holds =
      operator === "Exists"
        ? has
        : operator === "DoesNotExist"
          ? !has
          : (has && values.includes(value)) === (operator === "In");
    if (!holds) return false;
  }
  return unknown ? undefined : true;
}
