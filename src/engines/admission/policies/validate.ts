/** One policy over one request with one object of parameters (the API server's policy/validating, validator.go). */
import { printable } from "../../../core/printable.ts";
import { trimSpace } from "../../cel/extensions/strings.ts";
import type { Budget, Outcome } from "../../cel/model.ts";
import { typeOf } from "../../cel/values.ts";
import type { FieldPath } from "../../kubernetes/field-path.ts";
import { bounds } from "./bounds.ts";
import type { Named, ReadyPolicy, Validation } from "./ready.ts";
import type { Variables } from "./variables.ts";

/** What of a policy does not hold, or cannot be said. */
export interface Verdict {
  readonly outcome: "deny" | "error" | "unknown";
  readonly message: string;
  readonly path: FieldPath;
  readonly index?: number;
  readonly reason: string;
  /** The API server denies whatever the binding's actions are. */
  readonly isDenied?: true;
}

export interface Validated {
  readonly verdicts: readonly Verdict[];
  readonly held: number;
  readonly annotations: readonly (readonly [string, string])[];
}

export interface Inputs {
  /** Without a namespace and without `variables`. */
  readonly forConditions: Variables;
  readonly forValidations: Variables;
  readonly budget: Budget;
}

const NOTHING: Validated = { verdicts: [], held: 0, annotations: [] };

export function validate(policy: ReadyPolicy, inputs: Inputs): Validated {
  const condition = conditionsHold(policy, inputs);
  if (condition === false) return NOTHING;
  if (condition !== true) return { ...NOTHING, verdicts: [condition] };
  const verdicts: Verdict[] = [];
  let held = 0;
  for (const [index, validation] of policy.validations.entries()) {
    const verdict = verdictOf(policy, validation, index, inputs);
    if (verdict === undefined) held += 1;
    else if (verdict !== "ignored") verdicts.push(verdict);
  }
  const annotations: (readonly [string, string])[] = [];
  for (const annotation of policy.annotations) {
    const value = annotationOf(policy, annotation, inputs);
    if (typeof value === "string") annotations.push([annotation.name, value]);
    else if (value !== undefined) verdicts.push(value);
  }
  return { verdicts, held, annotations };
}

/** Any that is false decides it, even where others come to errors. */
function conditionsHold({ conditions, ignoresErrors }: ReadyPolicy, inputs: Inputs): boolean | Verdict {
  let trouble: Verdict | undefined;
  for (const { program, path, name } of conditions) {
    const outcome = program.evaluate(inputs.forConditions, inputs.budget);
    if (outcome.kind === "value" && outcome.value === false) return false;
    const problem = troubleOf(outcome, path);
    // What is not known might be false, whatever errors there are.
    if (problem !== undefined && trouble?.outcome !== "unknown")
      trouble = trouble === undefined || problem.outcome === "unknown" ? named(problem, name) : trouble;
  }
  if (trouble === undefined) return true;
  return trouble.outcome === "error" && ignoresErrors ? false : trouble;
}

function named(verdict: Verdict, name: string): Verdict {
  return { ...verdict, message: told(`match condition ${name}: ${verdict.message}`) };
}

/** Undefined of what came to a truth value. */
function troubleOf(outcome: Outcome, path: FieldPath): Verdict | undefined {
  if (outcome.kind === "value") {
    if (typeof outcome.value === "boolean") return undefined;
    // Types are known when a policy is stored: one that comes to something else is not taken.
    return {
      outcome: "unknown",
      message: `it comes to ${typeOf(outcome.value)}, not to bool`,
      path,
      reason: "Invalid",
    };
  }
  const message = told(outcome.reason);
  return { outcome: outcome.kind === "error" ? "error" : "unknown", message, path, reason: "Invalid" };
}

function verdictOf(
  policy: ReadyPolicy,
  validation: Validation,
  index: number,
  inputs: Inputs,
): Verdict | "ignored" | undefined {
  const { path, reason, program } = validation;
  const outcome = program.evaluate(inputs.forValidations, inputs.budget);
  if (outcome.kind === "value" && outcome.value === true) return undefined;
  if (outcome.kind === "value" && outcome.value === false)
    return { outcome: "deny", message: messageOf(validation, inputs), path, index, reason };
  const trouble = troubleOf(outcome, path);
  if (trouble === undefined || (trouble.outcome === "error" && policy.ignoresErrors)) return "ignored";
  const what = trouble.outcome === "error" ? `expression ${program.text.trim()} resulted in error: ` : "";
  return { ...trouble, message: told(`${what}${trouble.message}`), index };
}

/** What messageExpression comes to, where that is one line; else the message; else the expression. */
function messageOf({ messageProgram, message, program }: Validation, { forValidations, budget }: Inputs): string {
  const outcome = messageProgram?.evaluate(forValidations, budget);
  const made = outcome?.kind === "value" && typeof outcome.value === "string" ? trimSpace(outcome.value) : "";
  if (made !== "" && !made.includes("\n") && Buffer.byteLength(made) <= bounds.messageBytes) return told(made);
  const stated = trimSpace(message ?? "");
  return told(stated === "" ? `failed expression: ${trimSpace(program.text)}` : stated);
}

/** Undefined: none is published. */
function annotationOf(
  { ignoresErrors }: ReadyPolicy,
  { program, path, name }: Named,
  { forValidations, budget }: Inputs,
): string | Verdict | undefined {
  const outcome = program.evaluate(forValidations, budget);
  if (outcome.kind === "value") {
    if (outcome.value === null) return undefined;
    if (typeof outcome.value === "string") {
      const value = trimSpace(outcome.value);
      return value === "" ? undefined : Buffer.from(value).subarray(0, bounds.annotationBytes).toString("utf8");
    }
  }
  if (outcome.kind === "error" && ignoresErrors) return undefined;
  const cause = outcome.kind === "value" ? `it comes to ${typeOf(outcome.value)}` : outcome.reason;
  const message = told(`audit annotation ${name}: ${cause}`);
  const kind = outcome.kind === "cost" || outcome.kind === "unknown" ? "unknown" : "error";
  return { outcome: kind, message, path, reason: "Invalid", isDenied: true };
}

/** One line of at most so many characters. */
export function told(text: string): string {
  const shown = printable(text.replace(/\s+/g, " "));
  return shown.length <= bounds.messageCharacters ? shown : `${shown.slice(0, bounds.messageCharacters - 1)}…`;
}
