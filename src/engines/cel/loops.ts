/** Macros that go through a list, a map, or what an optional value holds. */
import { mapOf } from "./maps.ts";
import type { Value } from "./model.ts";
import { asTruth, type Frame, one, type Run } from "./run.ts";
import type { LoopMacro } from "./syntax.ts";
import {
  compare,
  Failure,
  failed,
  isList,
  isMap,
  isOptional,
  type Meter,
  NONE,
  optional,
  spend,
  typeOf,
} from "./values.ts";

export interface Loop {
  readonly macro: LoopMacro;
  /** Whether the first of two names is the index or the key, the second the value. */
  readonly hasTwo: boolean;
  readonly body: Run;
  readonly filter: Run | undefined;
}

/** What the names stand for at one turn. */
type Turn = readonly Value[];

export function loop(over: Run, parts: Loop): Run {
  if (parts.macro === "optMap" || parts.macro === "optFlatMap") return ofOptional(over, parts);
  const walk = walks[parts.macro];
  return one(over, (whole, frame) => {
    if (!isList(whole) && !isMap(whole)) return new Failure(`no such overload: ${typeOf(whole)}.${parts.macro}()`);
    return walk(turnsOf(whole, parts.hasTwo, frame), frame, parts);
  });
}

function* turnsOf(whole: Value, hasTwo: boolean, frame: Frame): Generator<Turn, void, undefined> {
  if (isList(whole)) {
    for (const [index, value] of whole.entries()) {
      spend(frame, 1);
      yield hasTwo ? [BigInt(index), value] : [value];
    }
  } else if (isMap(whole)) {
    for (const key of whole.keys()) {
      spend(frame, 1);
      yield hasTwo ? [key, whole.get(key) ?? null] : [key];
    }
  }
}

function ofOptional(over: Run, { macro, body }: Loop): Run {
  return one(over, (value, frame) => {
    if (!isOptional(value)) return new Failure(`no such overload: ${typeOf(value)}.${macro}()`);
    if (value.value === undefined) return NONE;
    const made = within(body, [value.value], frame);
    if (made instanceof Failure) return made;
    if (macro === "optMap") return optional(made);
    return isOptional(made) ? made : new Failure(`no such overload: ${typeOf(made)} as an optional value`);
  });
}

type Walk = (turns: Iterable<Turn>, frame: Frame, parts: Loop) => Value | Failure;

/** Its value with the turn's values as the innermost names. */
function within(run: Run, turn: Turn, frame: Frame): Value | Failure {
  frame.locals.push(...turn);
  const value = run(frame);
  frame.locals.length -= turn.length;
  return value;
}

function decided(decides: boolean): Walk {
  return (turns, frame, { body }) => {
    let failure: Failure | undefined;
    for (const turn of turns) {
      const value = asTruth(within(body, turn, frame));
      if (value === decides) return decides;
      if (value instanceof Failure) failure = failed(failure, value);
    }
    return failure ?? !decides;
  };
}

const exactlyOne: Walk = (turns, frame, { body }) => {
  let count = 0;
  for (const turn of turns) {
    const value = asTruth(within(body, turn, frame));
    if (value instanceof Failure) return value;
    if (value) count += 1;
  }
  return count === 1;
};

/** Turns that are taken, with what is made of each. */
function made(turns: Iterable<Turn>, frame: Frame, { body, filter }: Loop): [Turn, Value][] | Failure {
  const values: [Turn, Value][] = [];
  for (const turn of turns) {
    const taken = filter === undefined ? true : asTruth(within(filter, turn, frame));
    if (taken instanceof Failure) return taken;
    if (!taken) continue;
    const value = within(body, turn, frame);
    if (value instanceof Failure) return value;
    values.push([turn, value]);
  }
  return values;
}

const intoList: Walk = (turns, frame, parts) => {
  const values = made(turns, frame, parts);
  return values instanceof Failure ? values : values.map(([, value]) => value);
};

const walks: Readonly<Record<Exclude<LoopMacro, "optMap" | "optFlatMap">, Walk>> = {
  all: decided(false),
  exists: decided(true),
  exists_one: exactlyOne,
  existsOne: exactlyOne,
  map: intoList,
  transformList: intoList,
  filter(turns, frame, { body }) {
    const values: Value[] = [];
    for (const turn of turns) {
      const taken = asTruth(within(body, turn, frame));
      if (taken instanceof Failure) return taken;
      if (taken) values.push(turn[0] as Value);
    }
    return values;
  },
  transformMap(turns, frame, parts) {
    const values = made(turns, frame, parts);
    return values instanceof Failure ? values : mapOf(values.map(([turn, value]) => [turn[0] as Value, value]));
  },
  transformMapEntry(turns, frame, parts) {
    const values = made(turns, frame, parts);
    if (values instanceof Failure) return values;
    const entries: (readonly [Value, Value])[] = [];
    for (const [, value] of values) {
      if (!isMap(value)) return new Failure(`no such overload: transformMapEntry() of ${typeOf(value)}`);
      for (const key of value.keys()) {
        spend(frame, 1);
        entries.push([key, value.get(key) ?? null]);
      }
    }
    return mapOf(entries);
  },
  sortBy(turns, frame, parts) {
    const values = made(turns, frame, parts);
    if (values instanceof Failure) return values;
    return sorted(
      values.map(([turn, key]) => ({ value: turn[0] as Value, key })),
      frame,
    );
  },
};

/** Values by their keys, which must be of one type that has an order. */
export function sorted(
  items: readonly { readonly value: Value; readonly key: Value }[],
  meter: Meter,
): Value | Failure {
  const [first] = items;
  if (first === undefined) return [];
  const type = typeOf(first.key);
  if (compare(first.key, first.key, meter) === undefined) return new Failure(`no such overload: an order of ${type}`);
  if (items.some(({ key }) => typeOf(key) !== type))
    return new Failure("items of a list that is sorted differ in type");
  return items
    .toSorted((a, b) => {
      spend(meter, 1);
      return compare(a.key, b.key, meter) ?? 0;
    })
    .map(({ value }) => value);
}
