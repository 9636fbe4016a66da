import { schemes } from "../../vulnerability/versions/scheme.ts";
import { type Comparator, holds, LONGEST_RANGE, next, numbersOf } from "./comparators.ts";

/**
 * Whether a version meets requirements of RubyGems (`Gem::Requirement`): all of them, separated by commas.
 *
 * @returns undefined where they are not understood or the version is none
 */
export function inGemRequirements(requirements: string, version: string): boolean | undefined {
  if (requirements.length > LONGEST_RANGE) return undefined;
  const comparators: Comparator[] = [];
  for (const text of requirements.split(",", MOST_PARTS)) {
    const match = /^\s{0,9}(~>|<=|>=|!=|=|<|>)?\s{0,9}(\d[\w.-]{0,200})\s{0,9}$/.exec(text);
    const [, operator = "=", wanted = ""] = match ?? [];
    const numbers = numbersOf(wanted);
    if (match === null || numbers === undefined) return undefined;
    if (operator !== "~>") comparators.push({ operator: operator as Comparator["operator"], version: wanted });
    else {
      comparators.push(
        { operator: ">=", version: wanted },
        { operator: "<", version: next(numbers, Math.max(0, numbers.length - 2)) },
      );
    }
  }
  const found = holds(schemes.gem, [comparators], version);
  return found === false && /[a-z]/i.test(version) ? undefined : found;
}

const MOST_PARTS = 32;
