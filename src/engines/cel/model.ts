/** Expressions in the Common Expression Language (cel-spec, langdef.md), without messages of protocol buffers. */

/** An expression that was read. */
export interface Program {
  readonly text: string;
  /** Variables that it reads. */
  readonly reads: readonly string[];
  /**
   * Evaluates it, within the bounds, without I/O and without a clock.
   *
   * @param variables - JSON: whole numbers become int, others double; maps and lists as they are. A value of CEL as it is.
   * @param budget - what several evaluations may take together; what this one takes is taken from it
   */
  evaluate(variables: Readonly<Record<string, unknown>>, budget?: Budget): Outcome;
}

export interface Budget {
  /** Steps. */
  left: number;
}

export type Outcome =
  | { readonly kind: "value"; readonly value: Value }
  /** `cost`: over the bound on steps or sizes. `error`: as the language has it (no such key, division by zero). */
  | { readonly kind: "error" | "cost"; readonly reason: string; readonly offset: number }
  /** A variable's value is not known, and the expression rests on it. */
  | { readonly kind: "unknown"; readonly reason: string; readonly offset: number; readonly asks: readonly Ask[] };

/** What would have to be known. */
export interface Ask {
  /** One sentence without a full stop. */
  readonly reason: string;
  /** Of whoever gave the variable; equal texts for the same. */
  readonly question?: { readonly key: string };
}

export type Compiled = { readonly program: Program } | { readonly fault: Fault };

/** Why a text is no expression. */
export interface Fault {
  /** One sentence without a full stop. */
  readonly reason: string;
  /** UTF-16 units from the text's start. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** bigint is int, number is double. */
export type Value =
  | null
  | boolean
  | bigint
  | Uint
  | number
  | string
  | Uint8Array
  | List
  | CelMap
  | Timestamp
  | Duration
  | Type
  | Optional
  | Opaque;

export type List = readonly Value[];

export interface Uint {
  readonly kind: "uint";
  readonly value: bigint;
}

export interface CelMap {
  readonly kind: "map";
  readonly size: number;
  /** Undefined where it has no such key. */
  get(key: Value): Value | undefined;
  keys(): Iterable<Value>;
}

export interface Timestamp {
  readonly kind: "timestamp";
  /** Since 1970-01-01T00:00:00Z. */
  readonly nanoseconds: bigint;
}

export interface Duration {
  readonly kind: "duration";
  readonly nanoseconds: bigint;
}

export interface Type {
  readonly kind: "type";
  readonly name: string;
}

/** Of libraries that have it (cel-go, OptionalTypes). */
export interface Optional {
  readonly kind: "optional";
  /** Undefined: none. */
  readonly value: Value | undefined;
}

/** Of a library's own type: functions alone look into it. */
export interface Opaque {
  readonly kind: "opaque";
  /** As `type()` names it. */
  readonly type: string;
  /** The same for values that are equal. */
  readonly key: string;
  /** Of the library. */
  readonly content: unknown;
}
