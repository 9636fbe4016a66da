/** Functions over lists: cel-go's ext/lists.go at version 3 and ext/sets.go. `sortBy` is a macro. */
import { global, type Library, method } from "../library.ts";
import { sorted } from "../loops.ts";
import type { List, Value } from "../model.ts";
import { made } from "../operators.ts";
import { equal, Failure, isList, type Meter } from "../values.ts";

function slice(list: List, start: bigint, end: bigint, meter: Meter): Value | Failure {
  if (start < 0n || end < 0n) return new Failure(`no slice from ${start} to ${end}: negative indexes`);
  if (start > end) return new Failure(`no slice from ${start} to ${end}: the end is before the start`);
  if (end > list.length) return new Failure(`no slice from ${start} to ${end} of a list of ${list.length}`);
  return made(Number(end - start), meter, 0) && list.slice(Number(start), Number(end));
}

function flatten(list: List, depth: bigint, meter: Meter): Value | Failure {
  if (depth < 0n) return new Failure("a negative depth");
  const items: Value[] = [];
  for (const item of list) {
    if (isList(item) && depth > 0n) {
      const inner = flatten(item, depth - 1n, meter);
      if (inner instanceof Failure) return inner;
      for (const each of inner as List) items.push(each);
    } else items.push(item);
  }
  made(items.length, meter, 0);
  return items;
}

function distinct(list: List, meter: Meter): Value {
  const kept: Value[] = [];
  for (const item of list) if (!kept.some((each) => equal(each, item, meter))) kept.push(item);
  return kept;
}

const isIn = (item: Value, list: List, meter: Meter) => list.some((each) => equal(each, item, meter));
const contains = (list: List, items: List, meter: Meter) => items.every((item) => isIn(item, list, meter));

export const lists: Library = {
  sortBy: true,
  overloads: [
    method("slice", ["list", "int", "int"], slice),
    method("flatten", ["list"], (list, meter) => flatten(list, 1n, meter)),
    method("flatten", ["list", "int"], flatten),
    method("sort", ["list"], (list, meter) =>
      sorted(
        list.map((value) => ({ value, key: value })),
        meter,
      ),
    ),
    method("distinct", ["list"], distinct),
    method("reverse", ["list"], (list, meter) => made(list.length, meter, 0) && list.toReversed()),
    global("lists.range", ["int"], (count, meter) => {
      if (count > 0n) made(Number(count), meter, 0);
      return Array.from({ length: Math.max(0, Number(count)) }, (_, index) => BigInt(index));
    }),
  ],
};

export const sets: Library = {
  overloads: [
    global("sets.contains", ["list", "list"], contains),
    global("sets.equivalent", ["list", "list"], (a, b, meter) => contains(a, b, meter) && contains(b, a, meter)),
    global("sets.intersects", ["list", "list"], (a, b, meter) => a.some((item) => isIn(item, b, meter))),
  ],
};
