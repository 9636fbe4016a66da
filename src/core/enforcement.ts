import { type Category, categories } from "./category.ts";
import { compileGlob } from "./glob.ts";

/** What a check that does not pass brings about, from the loosest to the strictest. */
export const actions = ["audit", "warn", "deny"] as const;

/**
 * `deny`: the exit code counts it. `warn`: it is shown, and the exit code does not count it. `audit`: it is recorded, and
 * what people read has one line for all of it. None of them changes a verdict.
 */
export type Action = (typeof actions)[number];

/** What one gate does, as a policy states it. What is stated of a check counts before its category, that before the rest. */
export interface Enforcement {
  /** Of all that nothing else is stated of; absent where this speaks of some alone. */
  readonly default?: Action;
  readonly categories: Readonly<Partial<Record<Category, Action>>>;
  /** By check id or a pattern over them (core/glob.ts); of several that one check matches, the strictest. */
  readonly checks: Readonly<Record<string, Action>>;
  /** What others ask for that may be stricter alone: nothing is looser than any of them says. */
  readonly atLeast: readonly Enforcement[];
}

export const denyAll: Enforcement = { default: "deny", categories: {}, checks: {}, atLeast: [] };

/** What of a check it goes by. */
export interface Enforced {
  readonly id: string;
  readonly category: Category;
}

/** How a policy's enforcement applies to checks; the patterns are compiled once. */
export function actionsUnder(enforcement: Enforcement): (check: Enforced) => Action {
  const own = stated(enforcement);
  const others = enforcement.atLeast.map(stated);
  return (check) => strictest([own(check) ?? "deny", ...others.flatMap((other) => other(check) ?? [])]);
}

/** What it states itself; undefined where it has nothing to say. */
function stated({
  default: rest,
  categories: byCategory,
  checks,
}: Enforcement): (check: Enforced) => Action | undefined {
  const patterns = Object.entries(checks).map(([pattern, action]) => ({ matches: compileGlob(pattern), action }));
  return ({ id, category }) => {
    const own = patterns.flatMap(({ matches, action }) => (matches(id) ? [action] : []));
    return own.length > 0 ? strictest(own) : (byCategory[category] ?? rest);
  };
}

function strictest(some: readonly Action[]): Action {
  return some.reduce((one, other) => (isStricter(other, one) ? other : one), "audit");
}

export function isStricter(one: Action, other: Action): boolean {
  return actions.indexOf(one) > actions.indexOf(other);
}

/**
 * What holds with a further policy that may be stricter alone.
 *
 * @returns loosens: somewhere the further one states less than held
 */
export function tightenEnforcement(
  current: Enforcement,
  wanted: Enforcement,
): { readonly value: Enforcement; readonly loosens: boolean } {
  const same = (other: Enforcement) => JSON.stringify(other) === JSON.stringify(wanted);
  // What others ask for besides is no part of what it states itself.
  const known = same({ ...current, atLeast: wanted.atLeast }) || current.atLeast.some(same);
  const value = known ? current : { ...current, atLeast: [...current.atLeast, wanted] };
  const held = actionsUnder(current);
  const asked = stated(wanted);
  const loosens = checksNamed(current, wanted).some((check) => {
    const action = asked(check);
    return action !== undefined && isStricter(held(check), action);
  });
  return { value, loosens };
}

/** A check of each category by each pattern's own name, and one that no pattern names. */
function checksNamed(...all: readonly Enforcement[]): Enforced[] {
  const named = all.flatMap(({ checks, atLeast }) => [checks, ...atLeast.map((other) => other.checks)]);
  return checksOf(named.flatMap(Object.keys));
}

/** A check of each category by each of the names, and by none. */
export function checksOf(names: readonly string[]): Enforced[] {
  return [...new Set(["", ...names])].flatMap((id) => categories.map((category) => ({ id, category })));
}
