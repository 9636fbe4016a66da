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
   */
  evaluate(variables: Readonly<Record<string, unknown>>): Outcome;
}

export type Outcome =
  | { readonly kind: "value"; readonly value: Value }
  /** `cost`: over the bound on steps or sizes. `error`: as the language has it (no such key, division by zero). */
  | { readonly kind: "error" | "cost"; readonly reason: string; readonly offset: number };

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
  | Type;

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
