/** An expression as functions that call one another: each evaluation counts its steps, and ends where they are spent. */
import { bounds } from "./bounds.ts";
import { functionOf, isFunction, matcherOf, patternOf, type Standard } from "./functions.ts";
import { fromJson, mapOf } from "./maps.ts";
import type { Compiled, Fault, Outcome, Type, Value } from "./model.ts";
import { negate, operate } from "./operators.ts";
import { parse } from "./parse.ts";
import { Refused } from "./refused.ts";
import type { Expression } from "./syntax.ts";
import { Failure, isList, isMap, isUint, type Meter, spend, TooCostly, type, typeOf } from "./values.ts";

interface Frame extends Meter {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly read: Map<string, Value>;
  /** Of loops, the innermost last. */
  readonly locals: Value[];
}

type Run = (frame: Frame) => Value | Failure;

export interface CompileOptions {
  /** Names that the expression may read; any where absent. One may have dots. */
  readonly variables?: ReadonlySet<string>;
  /** The name before which names are looked for first: `a.b` makes of `x` first `a.b.x`, then `a.x`, then `x`. */
  readonly container?: string;
}

/** Reads an expression. Functions that there are not, and names that may not be read, are faults already here. */
export function compile(text: string, options: CompileOptions = {}): Compiled {
  try {
    const reads = new Set<string>();
    const run = compiler(options, reads)(parse(text), []);
    return { program: { text, reads: [...reads], evaluate: (variables) => evaluate(run, variables) } };
  } catch (error) {
    if (error instanceof Refused) return { fault: faultOf(error, text) };
    throw error;
  }
}

function evaluate(run: Run, variables: Readonly<Record<string, unknown>>): Outcome {
  try {
    const value = run({ variables, left: bounds.steps, read: new Map(), locals: [] });
    if (!(value instanceof Failure)) return { kind: "value", value };
    return { kind: "error", reason: value.reason, offset: Math.max(0, value.offset) };
  } catch (error) {
    if (error instanceof TooCostly) return { kind: "cost", reason: error.message, offset: 0 };
    throw error;
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

function compiler({ variables, container = "" }: CompileOptions, reads: Set<string>): Compile {
  return function make(expression, scope): Run {
    const run = made(expression, scope);
    return (frame) => {
      spend(frame, 1);
      const value = run(frame);
      return value instanceof Failure && value.offset < 0 ? new Failure(value.reason, expression.at) : value;
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
          return (
            (whole.test ? undefined : qualified(whole, names)) ?? select(make(whole.of, names), whole.field, whole.test)
          );
        case "index":
          return both(make(whole.of, names), make(whole.by, names), item);
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
          return list(whole.items.map((each) => make(each, names)));
        case "map":
          return map(whole.entries.map(([key, value]) => [make(key, names), make(value, names)]));
        case "call":
          return call(whole, names, make);
        case "loop": {
          const inner = [...names, whole.variable];
          const filter = whole.filter === undefined ? undefined : make(whole.filter, inner);
          return loop(whole.macro, make(whole.over, names), make(whole.body, inner), filter);
        }
      }
    }
  };

  function named({ name, absolute }: Expression & { kind: "name" }, scope: readonly string[]): Run | undefined {
    const slot = absolute ? -1 : scope.lastIndexOf(name);
    if (slot >= 0) return (frame) => frame.locals[slot] as Value;
    return resolved(name, absolute);
  }

  /** A name with dots, where one of that whole length is known. */
  function qualified(expression: Expression, scope: readonly string[]): Run | undefined {
    const path = pathOf(expression);
    if (path === undefined || (!path.absolute && scope.includes(path.names[0] ?? ""))) return undefined;
    const name = path.names.join(".");
    return variables?.has(name) !== true && candidates(name, path.absolute).every((each) => !isKnown(each))
      ? undefined
      : resolved(name, path.absolute);
  }

  function isKnown(name: string): boolean {
    return variables?.has(name) === true || Object.hasOwn(types, name);
  }

  function resolved(name: string, absolute: boolean): Run | undefined {
    const found =
      candidates(name, absolute).find(isKnown) ?? (variables === undefined && !name.includes(".") ? name : undefined);
    if (found === undefined) return undefined;
    const constant = variables?.has(found) === true ? undefined : types[found];
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
  if (expression.kind !== "select" || expression.test) return undefined;
  const before = pathOf(expression.of);
  return before === undefined ? undefined : { ...before, names: [...before.names, expression.field] };
}

function variable(name: string, frame: Frame): Value | Failure {
  const known = frame.read.get(name);
  if (known !== undefined) return known;
  if (!Object.hasOwn(frame.variables, name) || frame.variables[name] === undefined)
    return new Failure(`no such variable: ${name}`);
  const value = fromJson(frame.variables[name], frame);
  frame.read.set(name, value);
  return value;
}

function one(run: Run, work: (value: Value, frame: Frame) => Value | Failure): Run {
  return (frame) => {
    const value = run(frame);
    return value instanceof Failure ? value : work(value, frame);
  };
}

function both(left: Run, right: Run, work: (a: Value, b: Value, frame: Frame) => Value | Failure): Run {
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    return b instanceof Failure ? b : work(a, b, frame);
  };
}

/** What decides it decides it whatever else fails: `false && error` is false on either side. */
function logical(parts: readonly Run[], decides: boolean): Run {
  return (frame) => {
    let failure: Failure | undefined;
    for (const part of parts) {
      const value = part(frame);
      if (value === decides) return decides;
      if (typeof value !== "boolean")
        failure ??= value instanceof Failure ? value : new Failure(`no such overload: ${typeOf(value)} as bool`);
    }
    return failure ?? !decides;
  };
}

function choice(when: Run, then: Run, otherwise: Run): Run {
  return one(when, (value, frame) => {
    if (typeof value !== "boolean") return new Failure(`no such overload: ${typeOf(value)} ? … : …`);
    return value ? then(frame) : otherwise(frame);
  });
}

function select(of: Run, field: string, test: boolean): Run {
  return one(of, (value) => {
    if (!isMap(value)) return new Failure(`no such overload: ${typeOf(value)}.${field}`);
    const found = value.get(field);
    if (test) return found !== undefined;
    return found === undefined ? new Failure(`no such key: ${field}`) : found;
  });
}

function item(whole: Value, by: Value): Value | Failure {
  if (isMap(whole)) {
    const found = whole.get(by);
    return found === undefined ? new Failure(`no such key: ${shown(by)}`) : found;
  }
  if (!isList(whole)) return new Failure(`no such overload: ${typeOf(whole)}[${typeOf(by)}]`);
  const index = isUint(by) ? by.value : by;
  const isIndex = typeof index === "bigint" || (typeof index === "number" && Number.isInteger(index));
  if (!isIndex) return new Failure(`no such overload: list[${typeOf(by)}]`);
  const found = index >= 0 && index < whole.length ? whole[Number(index)] : undefined;
  return found === undefined ? new Failure(`index out of bounds: ${index}`) : found;
}

function shown(key: Value): string {
  return typeof key === "string" || typeof key === "bigint" || typeof key === "boolean"
    ? String(key).slice(0, 100)
    : typeOf(key);
}

function list(items: readonly Run[]): Run {
  return (frame) => {
    const values: Value[] = [];
    for (const each of items) {
      const value = each(frame);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    return values;
  };
}

function map(entries: readonly (readonly [Run, Run])[]): Run {
  return (frame) => {
    const values: (readonly [Value, Value])[] = [];
    for (const [makeKey, makeValue] of entries) {
      const key = makeKey(frame);
      if (key instanceof Failure) return key;
      const value = makeValue(frame);
      if (value instanceof Failure) return value;
      values.push([key, value]);
    }
    return mapOf(values);
  };
}

function call({ name, target, args, at }: Expression & { kind: "call" }, scope: readonly string[], make: Compile): Run {
  const all = target === undefined ? args : [target, ...args];
  const found = functionOf(name, target !== undefined, all.length);
  if (found === undefined) {
    throw new Refused(
      isFunction(name) ? `no such overload: ${name}() with ${args.length} arguments` : `unknown function ${name}`,
      at,
    );
  }
  const work = constantPattern(name, all) ?? found;
  const runs = list(all.map((each) => make(each, scope)));
  return one(runs, (values, frame) => work(values as readonly Value[], frame));
}

/** A pattern that is a constant is read once, and told where it is wrong. */
function constantPattern(name: string, args: readonly Expression[]): Standard | undefined {
  const pattern = name === "matches" ? args[1] : undefined;
  if (pattern?.kind !== "constant" || typeof pattern.value !== "string") return undefined;
  const compiled = patternOf(pattern.value);
  if (compiled instanceof Failure) throw new Refused(compiled.reason, pattern.at);
  return matcherOf(compiled, pattern.value);
}

function loop(macro: string, over: Run, body: Run, filter: Run | undefined): Run {
  return one(over, (whole, frame) => {
    if (!isList(whole) && !isMap(whole)) return new Failure(`no such overload: ${typeOf(whole)}.${macro}()`);
    const walk = walks[macro] ?? walks.all;
    return (walk as Walk)(isList(whole) ? whole : whole.keys(), frame, body, filter);
  });
}

type Walk = (items: Iterable<Value>, frame: Frame, body: Run, filter: Run | undefined) => Value | Failure;

/** Its value with the item as the innermost name. */
function within(run: Run, item: Value, frame: Frame): Value | Failure {
  frame.locals.push(item);
  const value = run(frame);
  frame.locals.pop();
  return value;
}

function truth(run: Run, item: Value, frame: Frame): boolean | Failure {
  const value = within(run, item, frame);
  if (typeof value === "boolean" || value instanceof Failure) return value;
  return new Failure(`no such overload: ${typeOf(value)} as bool`);
}

function decided(decides: boolean): Walk {
  return (items, frame, body) => {
    let failure: Failure | undefined;
    for (const each of items) {
      spend(frame, 1);
      const value = truth(body, each, frame);
      if (value === decides) return decides;
      if (value instanceof Failure) failure ??= value;
    }
    return failure ?? !decides;
  };
}

const one_: Walk = (items, frame, body) => {
  let count = 0;
  for (const each of items) {
    spend(frame, 1);
    const value = truth(body, each, frame);
    if (value instanceof Failure) return value;
    if (value) count += 1;
  }
  return count === 1;
};

const walks: Readonly<Record<string, Walk>> = {
  all: decided(false),
  exists: decided(true),
  exists_one: one_,
  existsOne: one_,
  map(items, frame, body, filter) {
    const values: Value[] = [];
    for (const each of items) {
      spend(frame, 1);
      const taken = filter === undefined ? true : truth(filter, each, frame);
      if (taken instanceof Failure) return taken;
      if (!taken) continue;
      const value = within(body, each, frame);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    return values;
  },
  filter(items, frame, body) {
    const values: Value[] = [];
    for (const each of items) {
      spend(frame, 1);
      const taken = truth(body, each, frame);
      if (taken instanceof Failure) return taken;
      if (taken) values.push(each);
    }
    return values;
  },
};
