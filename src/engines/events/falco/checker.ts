import type { EventSource } from "../model.ts";
import type { Condition } from "./model.ts";

/** What is asked of fields and literals: the evaluator's part. */
export interface RuleChecker {
  /** Compiles a condition without macros. */
  condition(condition: Condition, source: EventSource): CheckedCondition;
  /** Whether there is a field, with its argument if it has one, or a transformer of fields. */
  isField(text: string, source: EventSource): boolean;
}

export interface CheckedCondition {
  readonly fault?: { readonly kind: "unknown-field" | "invalid"; readonly message: string; readonly at: number };
  /** How many types of events it can hold for. */
  readonly types?: number;
  readonly warnings?: readonly { readonly message: string; readonly at: number }[];
}
