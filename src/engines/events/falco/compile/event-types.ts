/**
 * Which types of events a condition can hold for, from what it says of `evt.type`: for each type in turn, comparisons of it
 * are decided and the rest is left open. What comes out false holds for no event of the type.
 */
import type { EventSource } from "../../model.ts";
import type { Leaf } from "./leaf.ts";

export interface EventTypes {
  /** Of all events, those that are converted when they are read among them. */
  readonly codes: readonly number[];
  /** Of the events that reach a detector. */
  readonly live: readonly number[];
  /** Events of this name, as conditions write it; a system call without a code of its own has the code of all those. */
  codesOf(name: string): readonly number[];
  /** What `evt.type` is for a code; undefined where that depends on the event. */
  nameOf(code: number): string | undefined;
}

/** For sources whose events are all of one type. */
export const oneType: EventTypes = { codes: [0], live: [0], codesOf: () => [], nameOf: () => undefined };

const typeFields: ReadonlySet<string> = new Set(["evt.type", "syscall.type"]);
const decidable: ReadonlySet<string> = new Set(["=", "==", "!=", "in"]);

/**
 * What a comparison comes to for every event of a code: undefined where that depends on the event.
 */
export function decide<Event>(
  leaf: Leaf<Event>,
  code: number,
  types: EventTypes,
  source: EventSource,
): boolean | undefined {
  const { field } = leaf.left;
  if (field === undefined || field.argument !== undefined || leaf.texts === undefined) {
    return field !== undefined && typeFields.has(field.name) && leaf.operator === "exists" ? true : undefined;
  }
  if (field.name === "evt.source") return leaf.predicate?.(source);
  if (field.name === "evt.num") return decideNumber(leaf.operator, leaf.texts);
  if (!typeFields.has(field.name) || !decidable.has(leaf.operator)) return undefined;
  const name = types.nameOf(code);
  // Of no name that this code can have.
  if (name === undefined)
    return leaf.texts.some((text) => types.codesOf(text).includes(code)) ? undefined : leaf.operator === "!=";
  return leaf.predicate?.(name);
}

/** Events are counted from 1: `evt.num=0` is how rules say "never". */
function decideNumber(operator: string, texts: readonly string[]): boolean | undefined {
  const numbers = texts.map((text) => (/^\s*\+?\d+$/.test(text) ? Number(text) : Number.NaN));
  if (operator === "in") return numbers.every((number) => number === 0) ? false : undefined;
  const [number = Number.NaN] = numbers;
  switch (operator) {
    case "=":
    case "==":
      return number === 0 ? false : undefined;
    case "!=":
      return number === 0 ? true : undefined;
    case "<":
      return number <= 1 ? false : undefined;
    case "<=":
      return number === 0 ? false : undefined;
    case ">":
      return number === 0 ? true : undefined;
    case ">=":
      return number <= 1 ? true : undefined;
    default:
      return undefined;
  }
}
