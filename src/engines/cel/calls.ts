/** Calls of functions: the language's own and those of a library. */
import { list } from "./compounds.ts";
import { functionOf, isFunction, matcherOf, none, patternOf, type Standard } from "./functions.ts";
import { hasFunction, isOf, type Library, type Overload, overloadsOf } from "./library.ts";
import type { Value } from "./model.ts";
import { Refused } from "./refused.ts";
import { one, type Run } from "./run.ts";
import type { Expression } from "./syntax.ts";
import { Failure, isOptional, typeOf } from "./values.ts";

type Call = Expression & { kind: "call" };
type Make = (expression: Expression) => Run;

/**
 * @param space - what the target says where it is a name and no variable: of `sets.contains(a, b)` `sets`
 * @throws Refused
 */
export function call(expression: Call, space: string | undefined, library: Library | undefined, make: Make): Run {
  const { name, target, args, at } = expression;
  if (space !== undefined && library !== undefined && hasFunction(library, `${space}.${name}`))
    return applied(`${space}.${name}`, false, args, at, library, make);
  if (target === undefined) return applied(name, false, args, at, library, make);
  const [other] = args;
  if (library?.optionals === true && other !== undefined && args.length === 1) {
    if (name === "or" || name === "orValue") return alternative(name, make(target), make(other));
  }
  return applied(name, true, [target, ...args], at, library, make);
}

/** The second is evaluated only where the first has no value. */
function alternative(name: string, first: Run, other: Run): Run {
  return one(first, (value, frame) => {
    if (!isOptional(value)) return new Failure(`no such overload: ${typeOf(value)}.${name}()`);
    if (value.value !== undefined) return name === "or" ? value : value.value;
    const instead = other(frame);
    if (name === "orValue" || instead instanceof Failure || isOptional(instead)) return instead;
    return new Failure(`no such overload: optional_type.or(${typeOf(instead)})`);
  });
}

function applied(
  name: string,
  isMethod: boolean,
  args: readonly Expression[],
  at: number,
  library: Library | undefined,
  make: Make,
): Run {
  const standard = functionOf(name, isMethod, args.length);
  const overloads = library === undefined ? [] : overloadsOf(library, name, isMethod, args.length);
  if (standard === undefined && overloads.length === 0) {
    const isKnown = isFunction(name) || (library !== undefined && hasFunction(library, name));
    const count = isMethod ? args.length - 1 : args.length;
    throw new Refused(isKnown ? `no such overload: ${name}() with ${count} arguments` : `unknown function ${name}`, at);
  }
  const work = constantPattern(name, args, standard, overloads);
  const runs = list(args.map(make));
  return one(runs, (values, frame) => work(values as readonly Value[], frame));
}

/** A pattern that is a constant is read once, and told where it is wrong. */
function constantPattern(
  name: string,
  args: readonly Expression[],
  standard: Standard | undefined,
  overloads: readonly Overload[],
): Standard {
  const pattern = args[1];
  const takesPattern = (standard !== undefined && name === "matches") || overloads.some((each) => each.withPattern);
  if (!takesPattern || pattern?.kind !== "constant" || typeof pattern.value !== "string")
    return chosen(name, standard, overloads);
  const { value: text } = pattern;
  const compiled = patternOf(text);
  if (compiled instanceof Failure) throw new Refused(compiled.reason, pattern.at);
  return chosen(
    name,
    name === "matches" ? matcherOf(compiled, text) : standard,
    overloads.map((each) => ({ ...each, work: each.withPattern?.(compiled, text) ?? each.work })),
  );
}

/** A library's overload by the types of the arguments, else the language's own function. */
function chosen(name: string, standard: Standard | undefined, overloads: readonly Overload[]): Standard {
  if (overloads.length === 0 && standard !== undefined) return standard;
  return (values, meter) => {
    const fits = overloads.find(
      ({ takes }) => takes === "many" || takes.every((each, index) => isOf(each, values[index] as Value)),
    );
    if (fits !== undefined) return fits.work(values, meter);
    return standard === undefined ? none(name, ...values) : standard(values, meter);
  };
}
