/** A rule's own expression over a statement. */
import type { Statement } from "../model.ts";

export type ExpressionResult = { readonly holds: boolean } | { readonly fault: string };

export function evaluateExpression(_text: string, _statement: Statement): ExpressionResult {
  return { fault: "expressions are not evaluated yet" };
}
