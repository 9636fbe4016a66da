/** A rule's own expression over a statement: in CEL, over `predicate`, `predicateType` and `subject`. */
import { createRecent } from "../../../core/recent.ts";
import { compile } from "../../cel/compile.ts";
import type { Compiled } from "../../cel/model.ts";
import type { Statement } from "../model.ts";

export type ExpressionResult = { readonly holds: boolean } | { readonly fault: string };

const VARIABLES: ReadonlySet<string> = new Set(["predicate", "predicateType", "subject"]);

/** One rule is held against the statements of many images. */
const known = createRecent<string, Compiled>(200);

/**
 * @returns whether it is true; why that cannot be said, where it is none, fails (as of a field that is not there), is over
 *   its bounds, or is neither true nor false
 */
export function evaluateExpression(text: string, { predicate, predicateType, subjects }: Statement): ExpressionResult {
  const compiled = compiledOf(text);
  if ("fault" in compiled) {
    const { reason, line, column } = compiled.fault;
    return { fault: `${reason} (line ${line}, column ${column})` };
  }
  const outcome = compiled.program.evaluate({ predicate, predicateType, subject: subjects });
  if (outcome.kind !== "value") return { fault: outcome.reason };
  return typeof outcome.value === "boolean" ? { holds: outcome.value } : { fault: "neither true nor false" };
}

function compiledOf(text: string): Compiled {
  const before = known.get(text);
  if (before !== undefined) return before;
  const compiled = compile(text, { variables: VARIABLES });
  known.set(text, compiled, 1);
  return compiled;
}
