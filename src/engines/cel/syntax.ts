/** An expression as a tree. Macros stand as what they mean. */
import type { Value } from "./model.ts";

export type Expression = { readonly at: number } & (
  | { readonly kind: "constant"; readonly value: Value }
  /** With a dot before it where it is of no container. */
  | { readonly kind: "name"; readonly name: string; readonly absolute: boolean }
  | {
      readonly kind: "select";
      readonly of: Expression;
      readonly field: string;
      /** `has()`. */
      readonly test: boolean;
      /** `of.?field` */
      readonly optional?: true;
    }
  | {
      readonly kind: "index";
      readonly of: Expression;
      readonly by: Expression /** `of[?by]` */;
      readonly optional?: true;
    }
  | {
      readonly kind: "call";
      readonly name: string;
      /** `target.name(…)` */
      readonly target?: Expression;
      readonly args: readonly Expression[];
    }
  /** Those at `optional` come to optional values, of which only what they hold is in it: `[?a]`, `{?k: v}`. */
  | { readonly kind: "list"; readonly items: readonly Expression[]; readonly optional?: ReadonlySet<number> }
  | {
      readonly kind: "map";
      readonly entries: readonly (readonly [Expression, Expression])[];
      readonly optional?: ReadonlySet<number>;
    }
  | { readonly kind: "not" | "negative"; readonly of: Expression }
  /** Of as many as stand one after the other. */
  | { readonly kind: "and" | "or"; readonly of: readonly Expression[] }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "choice"; readonly when: Expression; readonly then: Expression; readonly otherwise: Expression }
  | {
      readonly kind: "loop";
      readonly macro: LoopMacro;
      readonly over: Expression;
      readonly variable: string;
      /** Of two: the first is the index or the key then, this one the value. */
      readonly second?: string;
      /** Which items are taken, of macros that make a list or a map of them. */
      readonly filter?: Expression;
      readonly body: Expression;
    }
);

export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "+" | "-" | "*" | "/" | "%";

export type LoopMacro =
  | ("all" | "exists" | "exists_one" | "existsOne" | "map" | "filter")
  /** Of two variables. */
  | ("transformList" | "transformMap" | "transformMapEntry")
  /** Of an optional value. */
  | ("optMap" | "optFlatMap")
  | "sortBy";

/** What of the language's extensions is read. */
export interface SyntaxOptions {
  /** `a.?b`, `a[?b]`, `[?a]`, `{?k: v}`, `optMap`, `optFlatMap`. */
  readonly optionals?: boolean;
  /** Macros of two variables: `all(key, value, …)`, `transformMap(key, value, …)`. */
  readonly twoVariables?: boolean;
  /** `sortBy(item, key)`. */
  readonly sortBy?: boolean;
}
