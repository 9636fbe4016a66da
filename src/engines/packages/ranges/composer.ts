import { schemes } from "../../vulnerability/versions/scheme.ts";
import { type Comparator, caretEnd, holds, LONGEST_RANGE, next, numbersOf } from "./comparators.ts";

/**
 * Whether a version is in a constraint of Composer ("Versions and constraints"). Branches, aliases, references and ranges
 * with a hyphen are left to Composer.
 *
 * @returns undefined where the constraint is not understood or the version is none
 */
export function inComposerConstraint(constraint: string, version: string): boolean | undefined {
  if (constraint.length > LONGEST_RANGE || /\s-\s|\sas\s|#|dev/i.test(constraint)) return undefined;
  const alternatives: (readonly Comparator[])[] = [];
  for (const alternative of constraint.split(/\|\|?/, MOST_PARTS)) {
    const comparators: Comparator[] = [];
    // A blank or a comma parts them, unless the blank stands behind an operator.
    const parts = alternative
      .trim()
      .replace(/([<>=!~^])\s+/g, "$1")
      .split(/[\s,]+/, MOST_PARTS);
    for (const part of parts) {
      const read = partOf(part.replace(/@[a-z]{1,10}$/i, ""));
      if (read === undefined) return undefined;
      for (const comparator of read) comparators.push(comparator);
    }
    alternatives.push(comparators);
  }
  const found = holds(schemes.composer, alternatives, version);
  // Which stability is wanted is stated elsewhere.
  return found === false && /[a-z]/i.test(version.replace(/^v/i, "")) ? undefined : found;
}

const MOST_PARTS = 32;
const PART = /^(<=|>=|!=|<>|==?|<|>|\^|~)?(v?\d[\w.*+-]{0,100})$/i;

function partOf(text: string): readonly Comparator[] | undefined {
  if (text === "" || text === "*" || text === "x") return [];
  const match = PART.exec(text);
  const [, operator = "=", version = ""] = match ?? [];
  const numbers = numbersOf(version);
  if (match === null || numbers === undefined) return undefined;
  if (/\.[x*]/i.test(version)) {
    if (operator !== "=" || !/^v?[\d.]{1,50}(?:\.[x*]){1,3}$/i.test(version)) return undefined;
    return between(numbers.join("."), next(numbers, numbers.length - 1));
  }
  switch (operator) {
    case "^":
      return between(version, caretEnd(numbers));
    case "~":
      return between(version, next(numbers, Math.max(0, numbers.length - 2)));
    case "=":
    case "==":
      return [{ operator: "=", version }];
    case "<>":
      return [{ operator: "!=", version }];
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return [{ operator, version }];
    default:
      return undefined;
  }
}

/** Pre-releases of the end are not meant. */
function between(version: string, end: string): readonly Comparator[] {
  return [
    { operator: ">=", version },
    { operator: "<", version: end },
  ];
}
