/** Lists, maps and optional values: made, and looked into. */
import { mapOf } from "./maps.ts";
import type { Value } from "./model.ts";
import { one, type Run } from "./run.ts";
import { Failure, isList, isMap, isOptional, isUint, NONE, optional, typeOf } from "./values.ts";

/**
 * `of.field`, or with `test` `has(of.field)`. From an optional value on all that follows is optional.
 *
 * @param isMarked - `of.?field` @param isLenient - `has()` of what has no fields is false
 */
export function select(of: Run, field: string, test: boolean, isMarked: boolean, isLenient: boolean): Run {
  return one(of, (value) => {
    const isChained = isMarked || isOptional(value);
    const inner = isOptional(value) ? value.value : value;
    const found = inner !== undefined && isMap(inner) ? inner.get(field) : undefined;
    if (isChained) return test ? found !== undefined : optional(found);
    if (!isMap(value)) return test && isLenient ? false : new Failure(`no such overload: ${typeOf(value)}.${field}`);
    if (test) return found !== undefined;
    return found === undefined ? new Failure(`no such key: ${field}`) : found;
  });
}

/** `whole[by]` */
export function item(whole: Value, by: Value): Value | Failure {
  if (isOptional(whole)) return optionalItem(whole, by);
  const found = itemOf(whole, by);
  if (found !== undefined) return found;
  return new Failure(isMap(whole) ? `no such key: ${shown(by)}` : `index out of bounds: ${shown(by)}`);
}

/** `whole[?by]` */
export function optionalItem(whole: Value, by: Value): Value | Failure {
  const inner = isOptional(whole) ? whole.value : whole;
  if (inner === undefined || inner === null) return NONE;
  const found = itemOf(inner, by);
  return found instanceof Failure ? found : optional(found);
}

/** Undefined where there is none. */
function itemOf(whole: Value, by: Value): Value | Failure | undefined {
  if (isMap(whole)) return whole.get(by);
  if (!isList(whole)) return new Failure(`no such overload: ${typeOf(whole)}[${typeOf(by)}]`);
  const index = isUint(by) ? by.value : by;
  const isIndex = typeof index === "bigint" || (typeof index === "number" && Number.isInteger(index));
  if (!isIndex) return new Failure(`no such overload: list[${typeOf(by)}]`);
  return index >= 0 && index < whole.length ? whole[Number(index)] : undefined;
}

function shown(key: Value): string {
  if (isUint(key)) return String(key.value);
  return ["string", "bigint", "boolean", "number"].includes(typeof key) ? String(key).slice(0, 100) : typeOf(key);
}

/** @param optionals - items of which only what they hold is in it */
export function list(items: readonly Run[], optionals?: ReadonlySet<number>): Run {
  return (frame) => {
    const values: Value[] = [];
    for (const [index, each] of items.entries()) {
      const value = each(frame);
      if (value instanceof Failure) return value;
      const held = optionals?.has(index) === true ? heldBy(value) : value;
      if (held instanceof Failure) return held;
      if (held !== undefined) values.push(held);
    }
    return values;
  };
}

export function map(entries: readonly (readonly [Run, Run])[], optionals?: ReadonlySet<number>): Run {
  return (frame) => {
    const values: (readonly [Value, Value])[] = [];
    for (const [index, [makeKey, makeValue]] of entries.entries()) {
      const key = makeKey(frame);
      if (key instanceof Failure) return key;
      const value = makeValue(frame);
      if (value instanceof Failure) return value;
      const held = optionals?.has(index) === true ? heldBy(value) : value;
      if (held instanceof Failure) return held;
      if (held !== undefined) values.push([key, held]);
    }
    return mapOf(values);
  };
}

function heldBy(value: Value): Value | Failure | undefined {
  return isOptional(value) ? value.value : new Failure(`no such overload: ${typeOf(value)} as an optional value`);
}
