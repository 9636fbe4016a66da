/** Functions over lists of Kubernetes' own (k8s.io/apiserver, pkg/cel/library/lists.go). */
import { type Library, method } from "../library.ts";
import type { List, Value } from "../model.ts";
import { operate } from "../operators.ts";
import { compare, equal, Failure, isDuration, isList, isUint, type Meter, typeOf } from "../values.ts";

/** An order of two items; a Failure where they have none. */
function order(a: Value, b: Value, meter: Meter): number | Failure {
  return compare(a, b, meter) ?? new Failure(`no such overload: an order of ${typeOf(a)} and ${typeOf(b)}`);
}

function isSorted(list: List, meter: Meter): Value | Failure {
  for (const [index, item] of list.entries()) {
    const before = index === 0 ? item : (list[index - 1] as Value);
    const way = order(before, item, meter);
    if (way instanceof Failure) return way;
    if (way > 0) return false;
  }
  return true;
}

function sum(list: List, meter: Meter): Value | Failure {
  let total: Value = list[0] ?? 0n;
  for (const item of list.slice(1)) {
    const next: Value | Failure = operate("+", total, item, meter);
    if (next instanceof Failure) return next;
    total = next;
  }
  const isSum = typeof total === "bigint" || typeof total === "number" || isUint(total) || isDuration(total);
  return isSum ? total : new Failure(`no such overload: sum() of ${typeOf(total)}`);
}

/** @param sign - 1: the greatest */
function extreme(list: List, sign: 1 | -1, meter: Meter): Value | Failure {
  let [best] = list;
  if (best === undefined) return new Failure(`${sign === 1 ? "max" : "min"}() of an empty list`);
  for (const item of list) {
    const way = order(item, best, meter);
    if (way instanceof Failure) return way;
    if (way * sign > 0) best = item;
  }
  return best;
}

function indexOf(list: List, item: Value, meter: Meter): Value {
  return BigInt(list.findIndex((each) => equal(each, item, meter)));
}

function lastIndexOf(list: List, item: Value, meter: Meter): Value {
  return BigInt(list.findLastIndex((each) => equal(each, item, meter)));
}

export const lists: Library = {
  overloads: [
    method("isSorted", ["list"], isSorted),
    method("sum", ["list"], sum),
    method("max", ["list"], (list, meter) => extreme(list, 1, meter)),
    method("min", ["list"], (list, meter) => extreme(list, -1, meter)),
    method("indexOf", ["list", "dyn"], indexOf),
    method("lastIndexOf", ["list", "dyn"], lastIndexOf),
    method("includes", ["dyn", "dyn"], (whole, item, meter) =>
      isList(whole) ? whole.some((each) => equal(each, item, meter)) : equal(whole, item, meter),
    ),
  ],
};
