/** Reads untyped values field by field: what has a wrong type is told with its path, left out, and the rest is read. */
import { asItIs, createLists, type Strings } from "../../../core/strings.ts";
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
export function fieldsOf(value: Plain, tell: WrongType, strings: Strings = asItIs, base: FieldPath = []): Fields {
  return new Mapping(value, tell, strings, base);
}

/** A class, since of each object there are a hundred: its methods are made once, and its path when somebody asks. */
class Mapping implements Fields {
  readonly #value: Plain;
  readonly #tell: WrongType;
  readonly #strings: Strings;
  /** Of the object itself where it begins; else the mapping that it stands in. */
  readonly #within: FieldPath | Mapping;
  readonly #name: string;
  /** In the list of that name; -1: it is no list. */
  readonly #index: number;

  constructor(value: Plain, tell: WrongType, strings: Strings, within: FieldPath | Mapping, name = "", index = -1) {
    this.#value = value;
    this.#tell = tell;
    this.#strings = strings;
    this.#within = within;
    this.#name = name;
    this.#index = index;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#value);
  }

  has(name: string): boolean {
    return this.#own(name) !== undefined;
  }

  path(): FieldPath {
    if (!(this.#within instanceof Mapping)) return this.#within;
    const list = this.#within.#at(this.#name);
    return this.#index < 0 ? list : [...list, this.#index];
  }

  isList(name: string): boolean {
    return Array.isArray(this.#own(name));
  }

  isText(name: string): boolean {
    return isString(this.#own(name));
  }

  string(name: string): string | undefined {
    const found = this.#typed(name, isString, "a string");
    return found === undefined ? undefined : this.#strings(found);
  }

  boolean(name: string): boolean | undefined {
    return this.#typed(name, isBoolean, "true or false");
  }

  integer(name: string): number | undefined {
    return this.#typed(name, isInteger, "a whole number");
  }

  integerOrString(name: string): number | string | undefined {
    const found = this.#typed(name, isIntegerOrString, "a whole number or a string");
    return isString(found) ? this.#strings(found) : found;
  }

  strings(name: string): readonly string[] {
    return sharedList(this.#items(name, isString, "a string").map(this.#strings));
  }

  integers(name: string): readonly number[] {
    return this.#items(name, isInteger, "a whole number");
  }

  stringMap(name: string): Readonly<Record<string, string>> {
    return this.#map(name, stringText, "a string");
  }

  quantities(name: string): Readonly<Record<string, string>> {
    return this.#map(name, quantityText, "a quantity");
  }

  scalar(name: string): string | undefined {
    const found = this.#typed(name, isScalar, "a text or a number");
    return found === undefined ? undefined : this.#strings(String(found));
  }

  texts(name: string): Readonly<Record<string, string>> {
    return this.#map(name, scalarText, "a text or a number");
  }

  fields(name: string): Fields | undefined {
    const inner = this.#typed(name, isObject, "a map");
    return inner === undefined ? undefined : new Mapping(inner, this.#tell, this.#strings, this, name);
  }

  list(name: string): readonly Fields[] {
    const list = this.#typed(name, isList, "a list");
    if (list === undefined || list.length === 0) return NO_ITEMS;
    return list.map((item, index) => {
      if (!isObject(item)) this.#wrong([...this.#at(name), index], "a map");
      return this.#item(item, name, index);
    });
  }

  either(name: string): readonly (string | Fields)[] {
    const list = this.#typed(name, isList, "a list") ?? [];
    return list.map((item, index) => {
      if (isScalar(item)) return this.#strings(String(item));
      if (!isObject(item)) this.#wrong([...this.#at(name), index], "a text or a map");
      return this.#item(item, name, index);
    });
  }

  missing(path: FieldPath, reason: string): void {
    this.#tell(path, reason);
  }

  empty(): Fields {
    return new Mapping(NO_ENTRIES, this.#tell, this.#strings, this.path());
  }

  /** An item that is no map keeps its place, so that those behind it keep their indices. */
  #item(item: unknown, name: string, index: number): Mapping {
    return new Mapping(isObject(item) ? item : NO_ENTRIES, this.#tell, this.#strings, this, name, index);
  }

  #wrong(path: FieldPath, expected: string): void {
    this.#tell(path, `expected ${expected}`);
  }

  #own(name: string): unknown {
    const value = this.#value;
    return Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;
  }

  #at(name: string): FieldPath {
    return [...this.path(), name];
  }

  #typed<T>(name: string, is: (value: unknown) => value is T, expected: string): T | undefined {
    const found = this.#own(name);
    if (found === undefined) return undefined;
    if (is(found)) return found;
    this.#wrong(this.#at(name), expected);
    return undefined;
  }

  #items<T>(name: string, is: (value: unknown) => value is T, expected: string): readonly T[] {
    const list = this.#typed(name, isList, "a list");
    if (list === undefined) return [];
    return list.filter((item, index): item is T => {
      const fits = is(item);
      if (!fits) this.#wrong([...this.#at(name), index], expected);
      return fits;
    });
  }

  #map(name: string, text: (value: unknown) => string | undefined, expected: string): Record<string, string> {
    const result: Record<string, string> = {};
    const stated = this.#typed(name, isObject, "a map");
    if (stated === undefined) return result;
    for (const key of Object.keys(stated)) {
      const inner = stated[key];
      const found = inner === null ? "" : text(inner);
      if (found === undefined) this.#wrong([...this.#at(name), key], expected);
      else if (key !== "__proto__") result[key] = this.#strings(found);
    }
    return result;
  }
}

function stringText(value: unknown): string | undefined {
  return isString(value) ? value : undefined;
}

function scalarText(value: unknown): string | undefined {
  return isScalar(value) ? String(value) : undefined;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
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
