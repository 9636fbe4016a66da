/** An expression as functions that call one another: each evaluation counts its steps, and ends where they are spent. */
import { bounds } from "./bounds.ts";
import { call } from "./calls.ts";
import { item, list, map, optionalItem, select } from "./compounds.ts";
import type { Library } from "./library.ts";
import { loop } from "./loops.ts";
import { fromJson, Lazy } from "./maps.ts";
import type { Budget, Compiled, Fault, Outcome, Type, Value } from "./model.ts";
import { negate, operate } from "./operators.ts";
import { parse } from "./parse.ts";
import { Refused } from "./refused.ts";
import { both, choice, type Frame, logical, one, type Run } from "./run.ts";
import type { Expression } from "./syntax.ts";
import { Failure, spend, TooCostly, type, typeOf, Unanswered } from "./values.ts";

export interface CompileOptions {
  /** Names that the expression may read; any where absent. One may have dots. */
  readonly variables?: ReadonlySet<string>;
  /** The name before which names are looked for first: `a.b` makes of `x` first `a.b.x`, then `a.x`, then `x`. */
  readonly container?: string;
  /** What it may use beside the language itself. */
  readonly library?: Library;
  /** Fields that a variable, or a field of one, may have: `request.kind` → `group`, `version`, `kind`. Of others any. */
  readonly fields?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads an expression. Functions that there are not, and names that may not be read, are faults already here. */
export function compile(text: string, options: CompileOptions = {}): Compiled {
  try {
    const reads = new Set<string>();
    const run = compiler(options, reads)(parse(text, options.library), []);
    const program = {
      ...{ text, reads: [...reads] },
      evaluate: (variables: Readonly<Record<string, unknown>>, budget?: Budget) => evaluate(run, variables, budget),
    };
    return { program };
  } catch (error) {
    if (error instanceof Refused) return { fault: faultOf(error, text) };
    throw error;
  }
}

function evaluate(run: Run, variables: Readonly<Record<string, unknown>>, budget?: Budget): Outcome {
  const steps = Math.min(bounds.steps, budget?.left ?? bounds.steps);
  const frame: Frame = { variables, left: steps, read: new Map(), locals: [] };
  try {
    const value = run(frame);
    if (!(value instanceof Failure)) return { kind: "value", value };
    const told = { reason: value.reason, offset: Math.max(0, value.offset) };
    return value instanceof Unanswered ? { kind: "unknown", ...told, asks: value.asks } : { kind: "error", ...told };
  } catch (error) {
    if (error instanceof TooCostly) return { kind: "cost", reason: error.message, offset: 0 };
    throw error;
  } finally {
    if (budget !== undefined) budget.left -= steps - Math.max(0, frame.left);
  }
}

function faultOf({ message, offset }: Refused, text: string): Fault {
  const before = text.slice(0, offset).split("\n");
  return { reason: message, offset, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const types: Readonly<Record<string, Type>> = Object.fromEntries(
  [
    ...["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"],
    ...["google.protobuf.Timestamp", "google.protobuf.Duration"],
  ].map((name) => [name, type(name)]),
);

/** @param scope - names of loops around it, the innermost last */
type Compile = (expression: Expression, scope: readonly string[]) => Run;

function compiler({ variables, container = "", library, fields }: CompileOptions, reads: Set<string>): Compile {
  return function make(expression, scope): Run {
    const run = made(expression, scope);
    return (frame) => {
      spend(frame, 1);
      const value = run(frame);
      return value instanceof Failure ? value.placed(expression.at) : value;
    };

    function made(whole: Expression, names: readonly string[]): Run {
      switch (whole.kind) {
        case "constant": {
          const { value } = whole;
          return () => value;
        }
        case "name":
          return named(whole, names) ?? unknown(whole);
        case "select":
          return qualified(whole, names) ?? selected(whole, names);
        case "index":
          return both(make(whole.of, names), make(whole.by, names), whole.optional === true ? optionalItem : item);
        case "not":
          return one(make(whole.of, names), (value) =>
            typeof value === "boolean" ? !value : new Failure(`no such overload: !${typeOf(value)}`),
          );
        case "negative":
          return one(make(whole.of, names), negate);
        case "and":
        case "or":
          return logical(
            whole.of.map((part) => make(part, names)),
            whole.kind === "or",
          );
        case "binary": {
          const { operator } = whole;
          return both(make(whole.left, names), make(whole.right, names), (a, b, frame) =>
            operate(operator, a, b, frame),
          );
        }
        case "choice":
          return choice(make(whole.when, names), make(whole.then, names), make(whole.otherwise, names));
        case "list":
          return list(
            whole.items.map((each) => make(each, names)),
            whole.optional,
          );
        case "map":
          return map(
            whole.entries.map(([key, value]) => [make(key, names), make(value, names)]),
            whole.optional,
          );
        case "call":
          return call(whole, spaceOf(whole.target, names), library, (part) => make(part, names));
        case "loop": {
          const { macro, second } = whole;
          const inner = [...names, whole.variable, ...(second === undefined ? [] : [second])];
          const filter = whole.filter === undefined ? undefined : make(whole.filter, inner);
          const parts = { macro, hasTwo: second !== undefined, body: make(whole.body, inner), filter };
          return loop(make(whole.over, names), parts);
        }
      }
    }

    function selected(whole: Expression & { kind: "select" }, names: readonly string[]): Run {
      const path = fields === undefined ? undefined : pathOf(whole.of);
      const isLocal = path !== undefined && !path.absolute && names.includes(path.names[0] ?? "");
      const known = path === undefined || isLocal ? undefined : fields?.get(path.names.join("."));
      if (known !== undefined && !known.has(whole.field)) throw new Refused(`undefined field ${whole.field}`, whole.at);
      const of = make(whole.of, names);
      return select(of, whole.field, whole.test, whole.optional === true, library?.lenientPresence === true);
    }
  };

  /** A target that is no variable may be where a function's name begins. */
  function spaceOf(target: Expression | undefined, scope: readonly string[]): string | undefined {
    const path = target === undefined ? undefined : pathOf(target);
    if (path === undefined || path.absolute || scope.includes(path.names[0] ?? "")) return undefined;
    return path.names.join(".");
  }

  function named({ name, absolute }: Expression & { kind: "name" }, scope: readonly string[]): Run | undefined {
    const slot = absolute ? -1 : scope.lastIndexOf(name);
    if (slot >= 0) return (frame) => frame.locals[slot] as Value;
    return resolved(name, absolute);
  }

  /** A name with dots, where one of that whole length is known. */
  function qualified(expression: Expression & { kind: "select" }, scope: readonly string[]): Run | undefined {
    const path = pathOf({ ...expression, test: false });
    if (path === undefined || (!path.absolute && scope.includes(path.names[0] ?? ""))) return undefined;
    const name = path.names.join(".");
    if (variables?.has(name) !== true && candidates(name, path.absolute).every((each) => !isKnown(each)))
      return undefined;
    const run = resolved(name, path.absolute);
    if (run === undefined || !expression.test) return run;
    return one(run, () => true);
  }

  function isKnown(name: string): boolean {
    return variables?.has(name) === true || Object.hasOwn(types, name) || library?.types?.includes(name) === true;
  }

  function resolved(name: string, absolute: boolean): Run | undefined {
    const found =
      candidates(name, absolute).find(isKnown) ?? (variables === undefined && !name.includes(".") ? name : undefined);
    if (found === undefined) return undefined;
    const isType = variables?.has(found) !== true && isKnown(found);
    const constant = isType ? (types[found] ?? type(found)) : undefined;
    if (constant !== undefined) return () => constant;
    reads.add(found);
    return (frame) => variable(found, frame);
  }

  function candidates(name: string, absolute: boolean): string[] {
    const parts = container === "" || absolute ? [] : container.split(".");
    return [...parts.map((_, index) => [...parts.slice(0, parts.length - index), name].join(".")), name];
  }
}

function unknown({ name, at }: Expression & { kind: "name" }): never {
  throw new Refused(`unknown variable ${name}`, at);
}

function pathOf(expression: Expression): { readonly names: readonly string[]; readonly absolute: boolean } | undefined {
  if (expression.kind === "name") return { names: [expression.name], absolute: expression.absolute };
  if (expression.kind !== "select" || expression.test || expression.optional === true) return undefined;
  const before = pathOf(expression.of);
  return before === undefined ? undefined : { ...before, names: [...before.names, expression.field] };
}

function variable(name: string, frame: Frame): Value | Failure {
  const known = frame.read.get(name);
  if (known !== undefined) return known;
  if (!Object.hasOwn(frame.variables, name) || frame.variables[name] === undefined)
    return new Failure(`no such variable: ${name}`);
  const given = frame.variables[name];
  const value = given instanceof Lazy ? given.read() : fromJson(given, frame);
  if (value instanceof Failure) return value;
  frame.read.set(name, value);
  return value;
}
