/** Expressions of GitHub Actions ("Evaluate expressions in workflows and actions"), as a tree. */
import type { Place } from "./place.ts";

export interface PlacedExpression {
  /** Between the braces, outer spaces cut. */
  readonly source: string;
  /** Of the whole with its braces, in the file. For scalars with escapes, that of the scalar. */
  readonly place: Place;
  /** An `if` that is written without braces. */
  readonly bare: boolean;
  /** Absent where it breaks the grammar or a bound. */
  readonly tree?: Expression;
  readonly fault?: string;
}

/** `start` and `end`: offsets in the source. */
export type Expression = { readonly start: number; readonly end: number } & (
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** `github.event.pull_request.title`, `matrix['os']`, `a.*.b`, `inputs[github.ref]`; of the result of a call with `of`. */
  | { readonly kind: "context"; readonly root?: string; readonly of?: Expression; readonly path: readonly Accessor[] }
  | {
      readonly kind: "call" /** As written; names ignore case. */;
      readonly name: string;
      readonly arguments: readonly Expression[];
    }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "not"; readonly operand: Expression }
);

/** A name as written (names ignore case), `*`, or what is computed. */
export type Accessor =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "star" }
  | { readonly kind: "index"; readonly index: Expression };

export type BinaryOperator = "&&" | "||" | "==" | "!=" | "<" | "<=" | ">" | ">=";
