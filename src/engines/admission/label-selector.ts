/** LabelSelector (meta/v1) of untyped objects, as the API server applies it. */
import { isObject } from "../../core/untyped.ts";

export interface KnownLabels {
  readonly labels: Readonly<Record<string, string>>;
  /** False: there may be others. */
  readonly whole: boolean;
}

/** What the API server sets on every namespace, with its name for a value. */
export const METADATA_NAME = "kubernetes.io/metadata.name";

/**
 * @param selector - absent and empty: everything is selected
 * @returns undefined where it cannot be told: it is no selector, or asks for a label that is not known
 */
export function selects(selector: unknown, known: KnownLabels): boolean | undefined {
  if (selector === undefined || selector === null) return true;
  if (!isObject(selector)) return undefined;
  const matchLabels = selector.matchLabels ?? {};
  const matchExpressions = selector.matchExpressions ?? [];
  if (!isObject(matchLabels) || !Array.isArray(matchExpressions)) return undefined;
  const requirements = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: "In", values: [value] })),
    ...matchExpressions,
  ];
  let undecided = false;
  for (const requirement of requirements) {
    const met = meets(requirement, known);
    if (met === false) return false;
    undecided ||= met === undefined;
  }
  return undecided ? undefined : true;
}

/** Labels that it asks for. */
export function selectorKeys(selector: unknown): readonly string[] {
  if (!isObject(selector)) return [];
  const { matchLabels, matchExpressions } = selector;
  const expressions: unknown[] = Array.isArray(matchExpressions) ? matchExpressions : [];
  return [
    ...Object.keys(isObject(matchLabels) ? matchLabels : {}),
    ...expressions.flatMap((one) => (isObject(one) && typeof one.key === "string" ? [one.key] : [])),
  ];
}

function meets(requirement: unknown, { labels, whole }: KnownLabels): boolean | undefined {
  if (!isObject(requirement)) return undefined;
  const { key, operator } = requirement;
  const values = requirement.values ?? [];
  if (typeof key !== "string" || !Array.isArray(values)) return undefined;
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (value === undefined && !whole) return undefined;
  switch (operator) {
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    default:
      return undefined;
  }
}
