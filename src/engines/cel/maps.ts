/** Maps: of literals, and of JSON objects, whose values become the language's when they are asked for. */
import { bounds } from "./bounds.ts";
import type { CelMap, Timestamp, Value } from "./model.ts";
import { Failure, isUint, type Meter, spend, TooCostly, timestamp } from "./values.ts";

/** One text a key: 1, 1u and 1.0 are one. Undefined for what is no key and equals none. */
function keyOf(key: Value): string | undefined {
  switch (typeof key) {
    case "string":
      return `s${key}`;
    case "bigint":
      return `n${key}`;
    case "boolean":
      return `b${key}`;
    case "number":
      return Number.isInteger(key) ? `n${BigInt(key)}` : undefined;
  }
  return isUint(key) ? `n${key.value}` : undefined;
}

/** A Failure where a key is of a type that is no key's, or comes twice. */
export function mapOf(entries: readonly (readonly [Value, Value])[]): CelMap | Failure {
  const held = new Map<string, readonly [Value, Value]>();
  for (const entry of entries) {
    const [key] = entry;
    const name = typeof key === "number" ? undefined : keyOf(key);
    if (name === undefined) return new Failure("unsupported type of a map's key");
    if (held.has(name)) return new Failure("a map's key twice");
    held.set(name, entry);
  }
  return {
    kind: "map",
    size: held.size,
    get(key) {
      const name = keyOf(key);
      return name === undefined ? undefined : held.get(name)?.[1];
    },
    *keys() {
      for (const [key] of held.values()) yield key;
    },
  };
}

class JsonMap implements CelMap {
  readonly kind = "map";
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #meter: Meter;
  #names: readonly string[] | undefined;

  constructor(object: Readonly<Record<string, unknown>>, meter: Meter) {
    this.#object = object;
    this.#meter = meter;
  }

  get size(): number {
    return this.#all().length;
  }

  get(key: Value): Value | undefined {
    if (typeof key !== "string" || !Object.hasOwn(this.#object, key)) return undefined;
    return fromJson(this.#object[key], this.#meter);
  }

  keys(): Iterable<Value> {
    return this.#all();
  }

  #all(): readonly string[] {
    if (this.#names === undefined) {
      this.#names = Object.keys(this.#object);
      spend(this.#meter, this.#names.length);
    }
    return this.#names;
  }
}

/**
 * A value of JSON: whole numbers that a double holds exactly are int, others double. What is the language's own stays.
 *
 * @throws TooCostly
 */
export function fromJson(value: unknown, meter: Meter, depth = 0): Value {
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  if (Array.isArray(value)) {
    if (depth > bounds.valueDepth) throw new TooCostly(`a list nested deeper than ${bounds.valueDepth} levels`);
    spend(meter, value.length);
    return value.map((item) => fromJson(item, meter, depth + 1));
  }
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return (value ?? null) as Value;
  return isOwn(value) ? (value as Value) : new JsonMap(value as Readonly<Record<string, unknown>>, meter);
}

const own = new WeakSet<object>();

/** Marks what is a value of the language already: an object of JSON may look like one. */
export function asOwn<T extends Value>(value: T): T {
  if (typeof value === "object" && value !== null) own.add(value);
  return value;
}

/** A variable that is worked out when an expression reads it. Whoever gives it remembers what it came to. */
export class Lazy {
  readonly read: () => Value | Failure;

  constructor(read: () => Value | Failure) {
    this.read = read;
  }
}

/** A time as a variable. */
export function timeOf(date: Date): Timestamp {
  return asOwn(timestamp(BigInt(date.getTime()) * 1_000_000n));
}

function isOwn(value: object): boolean {
  return own.has(value);
}
