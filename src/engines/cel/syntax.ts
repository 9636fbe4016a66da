/** An expression as a tree. Macros stand as what they mean. */
import type { Value } from "./model.ts";

export type Expression = { readonly at: number } & (
  | { readonly kind: "constant"; readonly value: Value }
  /** With a dot before it where it is of no container. */
  | { readonly kind: "name"; readonly name: string; readonly absolute: boolean }
  | { readonly kind: "select"; readonly of: Expression; readonly field: string /** `has()`. */; readonly test: boolean }
  | { readonly kind: "index"; readonly of: Expression; readonly by: Expression }
  | {
      readonly kind: "call";
      readonly name: string;
      /** `target.name(…)` */
      readonly target?: Expression;
      readonly args: readonly Expression[];
    }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Expression, Expression])[] }
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
      /** Of `map` alone: which items are taken. */
      readonly filter?: Expression;
      readonly body: Expression;
    }
);

export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "+" | "-" | "*" | "/" | "%";

export const loopMacros = ["all", "exists", "exists_one", "existsOne", "map", "filter"] as const;
export type LoopMacro = (typeof loopMacros)[number];
