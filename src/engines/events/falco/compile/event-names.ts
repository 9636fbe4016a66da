/** Names of types of events that there are none of: a condition with one holds for nothing, and is refused as upstream does. */
import type { Condition } from "../model.ts";
import { type EventTypes, oneType } from "./event-types.ts";
import type { ConditionFault } from "./fault.ts";

const EXACT: ReadonlySet<string> = new Set(["=", "==", "!=", "in"]);

/** The first that is not known. Sources whose events have no types are asked nothing. */
export function unknownEventType(condition: Condition, types: EventTypes): ConditionFault | undefined {
  if (types === oneType) return undefined;
  switch (condition.kind) {
    case "and":
    case "or":
      for (const term of condition.terms) {
        const fault = unknownEventType(term, types);
        if (fault !== undefined) return fault;
      }
      return undefined;
    case "not":
      return unknownEventType(condition.term, types);
    case "compare": {
      const { left, right, operator, at } = condition;
      if (left.kind !== "field" || left.name !== "evt.type" || !EXACT.has(operator) || right.kind === "operand")
        return undefined;
      const named = right.kind === "value" ? [right.text] : right.texts;
      const unknown = named.find((name) => types.codesOf(name).length === 0);
      return unknown === undefined
        ? undefined
        : { kind: "unknown-field", message: `unknown event type ${unknown}`, at };
    }
    default:
      return undefined;
  }
}
