/** Fields of pipeline files, each with its place: what findings point at and edits replace. */
import type { PlacedExpression } from "./expression.ts";
import type { Place } from "./place.ts";

export type { Place } from "./place.ts";

/** A scalar, whatever YAML makes of its type. */
export interface Text {
  /** As YAML has it, escapes and folds done. */
  readonly value: string;
  /** The value as it stands in the file, where an input of GitLab's was filled in. */
  readonly written?: string;
  readonly type: "string" | "boolean" | "number" | "null";
  readonly style: "plain" | "single" | "double" | "literal" | "folded";
  /** Of the scalar as written: with its quotes, or from its block header on. */
  readonly place: Place;
  /** The comment behind it on its line, without `#` and outer spaces. */
  readonly comment?: string;
  /** Each `${{ … }}` in it, in order; of an `if` without braces, the whole. */
  readonly expressions: readonly PlacedExpression[];
}

/** One entry of a mapping whose value is a scalar. */
export interface Field {
  readonly key: Text;
  /** Absent where it is a list or a mapping: `place` says where. */
  readonly value?: Text;
  /** The key and the value. */
  readonly place: Place;
}

/** What a reader did not understand: nothing that it says may pass. */
export interface UnreadField {
  readonly place: Place;
  /** One sentence without a full stop. */
  readonly reason: string;
}
