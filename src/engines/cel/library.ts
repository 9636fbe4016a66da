/** Functions and types beside the language's own: a library says all that an expression may use of it. */
import type { RE2JS } from "re2js";
import type { CelMap, Duration, List, Opaque, Optional, Timestamp, Type, Uint, Value } from "./model.ts";
import type { SyntaxOptions } from "./syntax.ts";
import type { Failure, Meter } from "./values.ts";
import { typeOf } from "./values.ts";

export interface Library extends SyntaxOptions {
  readonly overloads: readonly Overload[];
  /** Names of types that it brings. */
  readonly types?: readonly string[];
  /** `has(a.b)` of an `a` that has no fields is false, not an error (cel-go without EnableErrorOnBadPresenceTest). */
  readonly lenientPresence?: boolean;
}

/** One signature of a function. */
export interface Overload {
  /** May have dots: `sets.contains`. */
  readonly name: string;
  /** Called on its first argument: `a.name(b)`. */
  readonly isMethod: boolean;
  /** Types of the arguments; `many`: any number of any. */
  readonly takes: readonly TypeName[] | "many";
  readonly work: Work;
  /** Of one whose second argument is a regular expression: with one that is a constant, read once. */
  readonly withPattern?: (pattern: RE2JS, text: string) => Work;
}

/** @throws TooCostly */
type Work = (args: readonly Value[], meter: Meter) => Value | Failure;

interface Types {
  bool: boolean;
  bytes: Uint8Array;
  double: number;
  duration: Duration;
  dyn: Value;
  int: bigint;
  list: List;
  map: CelMap;
  optional: Optional;
  string: string;
  timestamp: Timestamp;
  type: Type;
  uint: Uint;
}

/** With a dot or a capital: a library's own. */
export type TypeName = keyof Types | `${string}.${string}`;
type TypeOf<Name> = Name extends keyof Types ? Types[Name] : Opaque;
type Arguments<Names extends readonly TypeName[]> = { -readonly [Index in keyof Names]: TypeOf<Names[Index]> };

export function global<const Names extends readonly TypeName[]>(
  name: string,
  takes: Names,
  work: (...args: [...Arguments<Names>, Meter]) => Value | Failure,
): Overload {
  return { name, isMethod: false, takes, work: spread(work) };
}

export function method<const Names extends readonly TypeName[]>(
  name: string,
  takes: Names,
  work: (...args: [...Arguments<Names>, Meter]) => Value | Failure,
): Overload {
  return { name, isMethod: true, takes, work: spread(work) };
}

function spread(work: unknown): Work {
  return (args, meter) => (work as (...all: unknown[]) => Value | Failure)(...args, meter);
}

/** One library of several; what any of them has. */
export function joined(...libraries: readonly Library[]): Library {
  const any = (key: keyof SyntaxOptions | "lenientPresence") => libraries.some((each) => each[key] === true);
  return {
    overloads: libraries.flatMap(({ overloads }) => overloads),
    types: libraries.flatMap(({ types = [] }) => types),
    optionals: any("optionals"),
    twoVariables: any("twoVariables"),
    sortBy: any("sortBy"),
    lenientPresence: any("lenientPresence"),
  };
}

const names: Readonly<Record<string, string>> = {
  duration: "google.protobuf.Duration",
  optional: "optional_type",
  timestamp: "google.protobuf.Timestamp",
};

/** Whether it is of that type. */
export function isOf(name: TypeName, value: Value): boolean {
  return name === "dyn" || typeOf(value) === (names[name] ?? name);
}

const indexes = new WeakMap<Library, ReadonlyMap<string, readonly Overload[]>>();

/** All overloads of a name with so many arguments, the target among them. */
export function overloadsOf(library: Library, name: string, isMethod: boolean, count: number): readonly Overload[] {
  let index = indexes.get(library);
  if (index === undefined) {
    index = Map.groupBy(library.overloads, ({ name: of, isMethod: on, takes }) =>
      keyOf(of, on, takes === "many" ? "many" : takes.length),
    );
    indexes.set(library, index);
  }
  return [...(index.get(keyOf(name, isMethod, count)) ?? []), ...(index.get(keyOf(name, isMethod, "many")) ?? [])];
}

function keyOf(name: string, isMethod: boolean, count: number | "many"): string {
  return `${isMethod ? "." : ""}${name}/${count}`;
}

/** Whether it has a function of that name, with whatever arguments. */
export function hasFunction(library: Library, name: string): boolean {
  return library.overloads.some((overload) => overload.name === name);
}
