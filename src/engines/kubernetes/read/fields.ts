/** Reads untyped values field by field: what has a wrong type is told with its path, left out, and the rest is read. */
import { createLists, type Strings } from "../../../core/strings.ts";
import { isObject } from "../../../core/untyped.ts";
import type { FieldPath } from "../field-path.ts";

/** Told of each field that has another type than the API gives it, or is missing: one sentence without a full stop. */
export type WrongType = (path: FieldPath, reason: string) => void;

/** One mapping. Each method answers nothing (or an empty list or map) for what is not stated, null, or of a wrong type. */
export interface Fields {
  readonly keys: readonly string[];
  /** Stated, and not null. */
  has(name: string): boolean;
  /** Its own path from the object's root. */
  path(): FieldPath;
  isList(name: string): boolean;
  isText(name: string): boolean;
  string(name: string): string | undefined;
  boolean(name: string): boolean | undefined;
  /** A whole number. */
  integer(name: string): number | undefined;
  /** The API's IntOrString. */
  integerOrString(name: string): number | string | undefined;
  strings(name: string): readonly string[];
  integers(name: string): readonly number[];
  stringMap(name: string): Readonly<Record<string, string>>;
  /** Quantities, which may be written as numbers too. */
  quantities(name: string): Readonly<Record<string, string>>;
  /** Text, numbers and booleans, as text: where Compose takes any. */
  scalar(name: string): string | undefined;
  texts(name: string): Readonly<Record<string, string>>;
  fields(name: string): Fields | undefined;
  list(name: string): readonly Fields[];
  /** Items that may be a text (or a number) or a map. */
  either(name: string): readonly (string | Fields)[];
  /** Tells of a field, by its path from the object's root, that is missing. */
  missing(path: FieldPath, reason: string): void;
  /** A mapping without fields, in place of one that is missing. */
  empty(): Fields;
}

/** Thousands of roles and volumes have the same few hundred. */
export const sharedList = createLists(10_000);

type Plain = Readonly<Record<string, unknown>>;

/** @param strings - every text goes through it */
export function fieldsOf(value: Plain, tell: WrongType, strings: Strings = same, base: FieldPath = []): Fields {
  return createFields(value, tell, strings, () => base);
}

function createFields(value: Plain, tell: WrongType, strings: Strings, base: () => FieldPath): Fields {
  const wrong = (path: FieldPath, expected: string) => tell(path, `expected ${expected}`);
  const own = (name: string): unknown => (Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined);
  const at = (name: string): FieldPath => [...base(), name];

  function typed<T>(name: string, is: (value: unknown) => value is T, expected: string): T | undefined {
    const found = own(name);
    if (found === undefined) return undefined;
    if (is(found)) return found;
    wrong(at(name), expected);
    return undefined;
  }

  function items<T>(name: string, is: (value: unknown) => value is T, expected: string): T[] {
    const list = typed(name, Array.isArray as (value: unknown) => value is unknown[], "a list") ?? [];
    return list.flatMap((item, index) => {
      if (is(item)) return [item];
      wrong([...at(name), index], expected);
      return [];
    });
  }

  const held = (text: string | undefined) => (text === undefined ? undefined : strings(text));

  function map(name: string, text: (value: unknown) => string | undefined, expected: string): Record<string, string> {
    const result: Record<string, string> = {};
    for (const [key, inner] of Object.entries(typed(name, isObject, "a map") ?? {})) {
      const found = inner === null ? "" : text(inner);
      if (found === undefined) wrong([...at(name), key], expected);
      else if (key !== "__proto__") result[key] = strings(found);
    }
    return result;
  }

  return {
    keys: Object.keys(value),
    has: (name) => own(name) !== undefined,
    path: base,
    isList: (name) => Array.isArray(own(name)),
    isText: (name) => isString(own(name)),
    string: (name) => held(typed(name, isString, "a string")),
    boolean: (name) => typed(name, isBoolean, "true or false"),
    integer: (name) => typed(name, isInteger, "a whole number"),
    integerOrString(name) {
      const found = typed(name, isIntegerOrString, "a whole number or a string");
      return isString(found) ? strings(found) : found;
    },
    strings: (name) => sharedList(items(name, isString, "a string").map(strings)),
    integers: (name) => items(name, isInteger, "a whole number"),
    stringMap: (name) => map(name, (inner) => (isString(inner) ? inner : undefined), "a string"),
    quantities: (name) => map(name, quantityText, "a quantity"),
    scalar(name) {
      const found = typed(name, isScalar, "a text or a number");
      return found === undefined ? undefined : strings(String(found));
    },
    texts: (name) => map(name, (inner) => (isScalar(inner) ? String(inner) : undefined), "a text or a number"),
    fields(name) {
      const inner = typed(name, isObject, "a map");
      return inner === undefined ? undefined : createFields(inner, tell, strings, () => at(name));
    },
    list(name) {
      const list = typed(name, Array.isArray as (value: unknown) => value is unknown[], "a list") ?? [];
      return list.map((item, index) => {
        if (!isObject(item)) wrong([...at(name), index], "a map");
        // An item that is no map keeps its place, so that those behind it keep their indices.
        return createFields(isObject(item) ? item : {}, tell, strings, () => [...at(name), index]);
      });
    },
    either(name) {
      const list = typed(name, Array.isArray as (value: unknown) => value is unknown[], "a list") ?? [];
      return list.map((item, index) => {
        if (isScalar(item)) return strings(String(item));
        if (!isObject(item)) wrong([...at(name), index], "a text or a map");
        return createFields(isObject(item) ? item : {}, tell, strings, () => [...at(name), index]);
      });
    },
    missing: tell,
    empty: () => createFields({}, tell, strings, base),
  };
}

function same(text: string): string {
  return text;
}

function quantityText(value: unknown): string | undefined {
  return isString(value) ? value : typeof value === "number" ? String(value) : undefined;
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isScalar(value: unknown): value is string | number | boolean {
  return isString(value) || isBoolean(value) || typeof value === "number";
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function isIntegerOrString(value: unknown): value is number | string {
  return isString(value) || isInteger(value);
}

type Stated<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The same without what is undefined. Most lists and maps of an object are empty: all of them are one. */
export function stated<T extends object>(fields: T): Stated<T> {
  const result: Record<string, unknown> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) result[name] = typeof value === "object" ? emptyShared(value) : value;
  }
  return result as Stated<T>;
}

const NO_ITEMS: readonly never[] = Object.freeze([]);
const NO_ENTRIES: Readonly<Record<string, never>> = Object.freeze({});

function emptyShared(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? NO_ITEMS : value;
  if (value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  for (const _ in value as object) return value;
  return NO_ENTRIES;
}
