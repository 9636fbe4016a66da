import { coversAll } from "./pattern-cover.ts";

/**
 * One value of the policy file, under the key that names it there (`licenses.deny`): its form, what holds where no file
 * states it, and which way is stricter. The policy has it at the same path, but for thresholds.
 */
export interface Setting<Value> {
  readonly form: Form;
  /** For the published schema, where editors show it: what it says, the default, what is stricter. */
  readonly description: string;
  /** For the same, of the group that the key begins with; said once in each. */
  readonly group?: string;
  readonly initial: Value;
  /** What two values come to where neither may loosen the other. */
  readonly tighten: Tighten<Value>;
  /** The value of what is written. Absent: just that. */
  readonly read?: (written: never, beside: Beside, at: PlaceOf) => Value;
  /** In one line, for reports. Absent: its text, or a list's entries. */
  readonly show?: (value: Value) => string;
  /** The setting whose value holds where this one has none. */
  readonly inherits?: string;
}

/** Resolves a name that a policy file states relative to itself. */
export type Beside = (written: string) => string;

/** Where a part of what is written stands; the whole of an empty path. */
export type PlaceOf = (path: readonly (string | number)[]) => StatedAt;

/** The digest of a policy leaves it out: what it is called in values is `statedAt`. */
export interface StatedAt {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** What may be written. */
export type Form =
  | { readonly kind: "flag" }
  | { readonly kind: "number"; readonly from: number; readonly to: number }
  | { readonly kind: "choice"; readonly of: readonly string[] }
  /** A list of at least one of them. */
  | { readonly kind: "choices"; readonly of: readonly string[] }
  /** A list of texts. */
  | { readonly kind: "texts"; readonly each?: TextForm }
  | { readonly kind: "text"; readonly each?: TextForm }
  /** A list of mappings with these fields, all of them required. */
  | { readonly kind: "rows"; readonly fields: Readonly<Record<string, RowField>> }
  /** What a gate does: one action, or a mapping (core/enforcement.ts). */
  | { readonly kind: "enforcement" }
  | { readonly kind: "list"; readonly of: Form /** Absent: 0. */; readonly atLeast?: number }
  /** A mapping by names of the author's. */
  | { readonly kind: "named"; readonly name: TextForm; readonly of: Form }
  | {
      readonly kind: "mapping";
      readonly fields: Readonly<Record<string, Field>>;
      readonly rules?: readonly FieldsRule[];
    }
  /** At most one of them is a mapping. */
  | { readonly kind: "any"; readonly of: readonly Form[] };

export interface Field {
  readonly form: Form;
  readonly description: string;
  /** Absent: it may be left out. */
  readonly required?: true;
}

/** What several fields must be together. */
export interface FieldsRule {
  /** Fit to follow the name of the mapping: `has neither key nor identity`. */
  readonly fault: string;
  /** `one of key, identity`. */
  readonly allowed: string;
  holds(written: Readonly<Record<string, unknown>>): boolean;
}

/** What a text must be. */
export interface TextForm {
  /** `a CIDR: 10.0.0.0/8`. */
  readonly says: string;
  is(text: string): boolean;
}

export interface RowField {
  /** `texts`: at least one. */
  readonly kind: "text" | "texts";
  readonly each: TextForm;
  readonly description: string;
}

export const days: Form = { kind: "number", from: 0, to: 3650 };

export interface Tightened<Value> {
  readonly value: Value;
  /** The one that was wanted would have been looser, at least in part. */
  readonly loosens: boolean;
}

export type Tighten<Value> = (current: Value, wanted: Value) => Tightened<Value>;

/** A part of the policy: settings by key. */
export function setting<Value>(stated: Setting<Value>): Setting<Value> {
  return stated;
}

/** Single values. What cannot be compared keeps what holds. */
export function either<Value>(isStricter: (wanted: Value, current: Value) => boolean): Tighten<Value> {
  return (current, wanted) => {
    if (wanted === current || isStricter(wanted, current)) return { value: wanted, loosens: false };
    return { value: current, loosens: true };
  };
}

export const less: Tighten<number> = either((wanted, current) => wanted < current);

/** One of several, from the loosest to the strictest. */
export function later<Value>(order: readonly Value[]): Tighten<Value> {
  return either((wanted, current) => order.indexOf(wanted) > order.indexOf(current));
}

/** Lists of what is allowed, where an empty one allows everything: what both allow. */
export function fewer(covers: (entry: string, wanted: string) => boolean): Tighten<readonly string[]> {
  return (current, wanted) => {
    if (current.length === 0) return { value: wanted, loosens: false };
    if (wanted.length === 0) return { value: current, loosens: true };
    const kept = wanted.filter((entry) => current.some((other) => covers(other, entry)));
    // Nothing in common would be an empty list, and that allows everything.
    return { value: kept.length === 0 ? current : kept, loosens: kept.length < wanted.length };
  };
}

/** Lists of what is asked for: what either does. */
export function more(covers: (entry: string, wanted: string) => boolean): Tighten<readonly string[]> {
  return (current, wanted) => {
    const added = wanted.filter((entry) => !current.includes(entry));
    const value = added.length === 0 ? current : [...current, ...added];
    return { value, loosens: !coversAll(wanted, current, covers) };
  };
}

/** Lists of what is let off, where an empty one lets nothing off: what both let off. */
export function onlyOf(covers: (entry: string, wanted: string) => boolean): Tighten<readonly string[]> {
  return (current, wanted) => {
    const kept = wanted.filter((entry) => current.some((other) => covers(other, entry)));
    return { value: kept, loosens: kept.length < wanted.length };
  };
}

/**
 * Lists of entries that each allow several things, where an empty one allows nothing: what both allow.
 *
 * @param allowedBy - what of the entry the others allow as well: itself where that is all, undefined where it is nothing
 */
export function onlyOfEach<Entry>(
  allowedBy: (wanted: Entry, current: readonly Entry[]) => Entry | undefined,
): Tighten<readonly Entry[]> {
  return (current, wanted) => {
    const kept = wanted.map((entry) => allowedBy(entry, current));
    return {
      value: kept.filter((entry) => entry !== undefined),
      loosens: kept.some((entry, index) => entry !== wanted[index]),
    };
  };
}

/** Lists of what is allowed of a few that there are, none of which is everything. */
export function fewerOf<Value>(order: readonly Value[]): Tighten<readonly Value[]> {
  return (current, wanted) => {
    const kept = order.filter((kind) => current.includes(kind) && wanted.includes(kind));
    const loosens = wanted.some((kind) => !current.includes(kind));
    return { value: kept.length === 0 ? current : kept, loosens };
  };
}
