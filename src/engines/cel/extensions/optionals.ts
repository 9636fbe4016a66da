/** Optional values (cel-go's cel/library.go, OptionalTypes at its version 2); `or`, `orValue` and macros are syntax. */
import { global, type Library, method } from "../library.ts";
import type { List, Value } from "../model.ts";
import {
  Failure,
  isBytes,
  isDuration,
  isList,
  isMap,
  isOptional,
  isTimestamp,
  isUint,
  type Meter,
  NONE,
  optional,
  spend,
} from "../values.ts";

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === "") return true;
  if (typeof value !== "object") return false;
  if (isBytes(value) || isList(value)) return value.length === 0;
  if (isMap(value)) return value.size === 0;
  if (isUint(value)) return value.value === 0n;
  if (isDuration(value)) return value.nanoseconds === 0n;
  // Go's own time before all others: 0001-01-01T00:00:00Z.
  if (isTimestamp(value)) return value.nanoseconds === -62_135_596_800_000_000_000n;
  return isOptional(value) && value.value === undefined;
}

function unwrap(list: List, meter: Meter): Value | Failure {
  const held: Value[] = [];
  for (const item of list) {
    spend(meter, 1);
    if (!isOptional(item)) return new Failure("an item that is no optional value");
    if (item.value !== undefined) held.push(item.value);
  }
  return held;
}

export const optionals: Library = {
  optionals: true,
  types: ["optional_type"],
  overloads: [
    global("optional.of", ["dyn"], (value) => optional(value)),
    global("optional.ofNonZeroValue", ["dyn"], (value) => (isZero(value) ? NONE : optional(value))),
    global("optional.none", [], () => NONE),
    method("hasValue", ["optional"], ({ value }) => value !== undefined),
    method("value", ["optional"], ({ value }) =>
      value === undefined ? new Failure("no value in optional.none()") : value,
    ),
    method("first", ["list"], (list) => optional(list[0])),
    method("last", ["list"], (list) => optional(list.at(-1))),
    global("optional.unwrap", ["list"], unwrap),
    method("unwrapOpt", ["list"], unwrap),
  ],
};
