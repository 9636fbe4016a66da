/** Whether a condition holds in a run of which the event and the kind of ref are known. */
import type { Expression } from "../../../engines/pipelines/model.ts";
import { isCall } from "./expressions.ts";
import { nameOf } from "./origins.ts";

export interface KnownRun {
  /** Absent: one of several. */
  readonly event?: string;
  /** `tag`, `branch`; absent: either. */
  readonly refType?: "tag" | "branch";
}

/** Undefined where it depends on more than that. */
export function holdsIn(expression: Expression, run: KnownRun): boolean | undefined {
  switch (expression.kind) {
    case "literal":
      return isTrue(expression.value);
    case "not": {
      const truth = holdsIn(expression.operand, run);
      return truth === undefined ? undefined : !truth;
    }
    case "call":
      return isTagPrefix(expression) && run.refType !== undefined ? run.refType === "tag" : alwaysOf(expression);
    case "binary":
      return ofBinary(expression, run);
    case "context":
      return undefined;
  }
}

function isTrue(value: string | number | boolean | null): boolean {
  return typeof value === "number"
    ? value !== 0 && !Number.isNaN(value)
    : value !== null && value !== false && value !== "";
}

/** `startsWith(github.ref, 'refs/tags/')`, whatever tag follows. */
function isTagPrefix(expression: Expression): boolean {
  if (!isCall(expression, "startswith")) return false;
  const [text, prefix] = expression.arguments;
  if (text?.kind !== "context" || prefix?.kind !== "literal") return false;
  return nameOf(text) === "github.ref" && String(prefix.value).toLowerCase() === "refs/tags/";
}

function alwaysOf(expression: Expression): boolean | undefined {
  return isCall(expression, "always") ? true : undefined;
}

function ofBinary(expression: Expression & { kind: "binary" }, run: KnownRun): boolean | undefined {
  const { operator, left, right } = expression;
  if (operator === "&&" || operator === "||") {
    const [first, second] = [holdsIn(left, run), holdsIn(right, run)];
    const decides = operator === "||";
    if (first === decides || second === decides) return decides;
    return first === undefined || second === undefined ? undefined : !decides;
  }
  if (operator !== "==" && operator !== "!=") return undefined;
  const isSame = sameAs(left, right, run) ?? sameAs(right, left, run);
  return isSame === undefined ? undefined : isSame === (operator === "==");
}

function sameAs(context: Expression, literal: Expression, run: KnownRun): boolean | undefined {
  if (context.kind !== "context" || literal.kind !== "literal") return undefined;
  const known = knownValue(nameOf(context), run);
  return known === undefined ? undefined : known === String(literal.value).toLowerCase();
}

function knownValue(name: string | undefined, { event, refType }: KnownRun): string | undefined {
  if (name === "github.event_name") return event;
  return name === "github.ref_type" ? refType : undefined;
}
