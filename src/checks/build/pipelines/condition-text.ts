/** Conditions that are text ("Evaluate expressions in workflows and actions", literals). */
import type { Text } from "../../../engines/pipelines/model.ts";

/** Something stands beside the expressions, be it a line end. */
export function isText({ value, expressions }: Text): boolean {
  if (expressions.length === 0 || expressions.some(({ bare: isBare }) => isBare)) return false;
  return expressions.length > 1 || !value.startsWith("${{") || !value.endsWith("}}");
}
