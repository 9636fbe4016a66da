/** Fields by the text that names them: `proc.name`, `proc.aname[2]`, `evt.arg.flags`, `k8s.pod.label.app`. */
import type { EventSource } from "../model.ts";
import type { Field } from "./field.ts";

/** A field and its argument, checked: `bind(argument)` may still refuse what only the field knows. */
export interface NamedField<Event> {
  readonly field: Field<Event>;
  readonly argument: string | undefined;
}

/** Why a text names no field: one sentence without a full stop. */
export interface NoField {
  readonly problem: string;
  /** Whether no field has that name; else its argument is wrong. */
  readonly unknown: boolean;
}

/** The fields of one source. */
export interface Fields<Event> {
  readonly source: EventSource;
  readonly all: readonly Field<Event>[];
  /** @param text - with its argument, as a condition or an output has it */
  find(text: string): NamedField<Event> | NoField;
}

/** Longest text that names a field: a JSON pointer or a path can be the argument. */
const LONGEST = 4_096;

/** @throws Error where two fields take the same text: a mistake of this program */
export function fieldsBy<Event>(source: EventSource, all: readonly Field<Event>[]): Fields<Event> {
  const bare = new Map<string, Field<Event>>();
  const withArgument = new Map<string, Field<Event>>();
  for (const field of all) {
    if (field.argument?.presence !== "required") add(bare, field);
    if (field.argument !== undefined) add(withArgument, field);
  }
  return { source, all, find: (text) => find(text, bare, withArgument) };
}

function add<Event>(to: Map<string, Field<Event>>, field: Field<Event>): void {
  if (to.has(field.name)) throw new Error(`two fields are named ${field.name}`);
  to.set(field.name, field);
}

type ByName<Event> = ReadonlyMap<string, Field<Event>>;

function find<Event>(text: string, bare: ByName<Event>, withArgument: ByName<Event>): NamedField<Event> | NoField {
  if (text.length > LONGEST) return { problem: `a field's name is longer than ${LONGEST} bytes`, unknown: true };
  const bracket = text.indexOf("[");
  if (bracket === -1) {
    return named(bare.get(text), undefined) ?? dotted(text, withArgument) ?? missing(text, text, bare, withArgument);
  }
  const name = text.slice(0, bracket);
  if (!text.endsWith("]")) return { problem: `${name}[ has no closing bracket`, unknown: false };
  const argument = text.slice(bracket + 1, -1);
  const field = withArgument.get(name);
  if (field === undefined) return missing(name, text, bare, withArgument);
  if (field.argument?.kind === "index" && !/^\d{1,9}$/.test(argument)) {
    return { problem: `the argument of ${name} must be a whole number from 0`, unknown: false };
  }
  return { field, argument };
}

function named<Event>(field: Field<Event> | undefined, argument: string | undefined): NamedField<Event> | undefined {
  return field === undefined ? undefined : { field, argument };
}

/** `evt.arg.flags`: the longest name that ends in a dot, and what follows as its argument. */
function dotted<Event>(text: string, withArgument: ByName<Event>): NamedField<Event> | undefined {
  for (let dot = text.lastIndexOf("."); dot > 0; dot = text.lastIndexOf(".", dot - 1)) {
    const argument = text.slice(dot + 1);
    const found = argument === "" ? undefined : named(withArgument.get(text.slice(0, dot + 1)), argument);
    if (found !== undefined) return found;
  }
  return undefined;
}

function missing<Event>(name: string, text: string, bare: ByName<Event>, withArgument: ByName<Event>): NoField {
  if (bare.has(name)) return { problem: `${name} takes no argument`, unknown: false };
  if (withArgument.has(name)) return { problem: `${name} needs an argument: ${name}[…]`, unknown: false };
  return { problem: `no field is named ${text}`, unknown: true };
}
