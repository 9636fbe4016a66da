/** A rule's own expression (CEL) over a statement: what it reads is JSON of the signer's. */
import { compile } from "../../cel/compile.ts";
import type { Statement } from "../model.ts";

export type ExpressionResult = { readonly holds: boolean } | { readonly fault: string };

const variables: ReadonlySet<string> = new Set(["predicate", "predicateType", "subject"]);

/** @returns a fault for what is no expression, fails, costs too much, or comes to something else than true or false */
export function evaluateExpression(text: string, { predicate, predicateType, subjects }: Statement): ExpressionResult {
  const compiled = compile(text, { variables });
  if ("fault" in compiled) {
    const { reason, line, column } = compiled.fault;
    return { fault: `${reason} (line ${line}, column ${column})` };
  }
  const outcome = compiled.program.evaluate({ predicate, predicateType, subject: subjects });
  if (outcome.kind !== "value") return { fault: outcome.reason };
  if (typeof outcome.value !== "boolean") return { fault: "neither true nor false" };
  return { holds: outcome.value };
}
