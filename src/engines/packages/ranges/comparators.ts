/** Ranges as alternatives of comparisons, over the order of an ecosystem's versions. */
import type { VersionScheme } from "../../vulnerability/versions/scheme.ts";

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

export interface Comparator {
  readonly operator: Operator;
  readonly version: string;
}

/** Any of the alternatives, each with all its comparisons. */
export type Alternatives = readonly (readonly Comparator[])[];

/** Characters of one range; what a person writes stays under 200. */
export const LONGEST_RANGE = 1_000;

/** Undefined where a version of the range is none of the scheme, or this one is. */
export function holds(scheme: VersionScheme, alternatives: Alternatives, version: string): boolean | undefined {
  const own = scheme.parse(version);
  if (own === undefined) return undefined;
  let found = false;
  for (const comparators of alternatives) {
    let all = true;
    for (const { operator, version: text } of comparators) {
      const other = scheme.parse(text);
      if (other === undefined) return undefined;
      all &&= compares(operator, scheme.compare(own, other));
    }
    found ||= all;
  }
  return found;
}

function compares(operator: Operator, order: number): boolean {
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
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

/** The numbers that a version begins with: `1.2.3rc1` → 1, 2, 3; undefined where it begins with none, or a number is long. */
export function numbersOf(version: string): number[] | undefined {
  const release = /^v?(\d{1,9}(?:\.\d{1,9}){0,5})/i.exec(version)?.[1];
  return release?.split(".").map(Number);
}

/** The first version that a change of the number at this place brings: `1.2.3` at 1 → `1.3`. */
export function next(numbers: readonly number[], place: number): string {
  return [...numbers.slice(0, place), (numbers[place] ?? 0) + 1].join(".");
}

/** `^`: up to the next change of the first number that is not 0, of those that are written. */
export function caretEnd(numbers: readonly number[]): string {
  const place = numbers.findIndex((number) => number !== 0);
  return next(numbers, place < 0 ? numbers.length - 1 : place);
}
