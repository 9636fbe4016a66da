/** What rules say that is allowed and hardly meant (upstream's `filter_warning_resolver.cpp`). */
import type { Condition, Operand, WarningCode } from "./model.ts";

export interface Suspicion {
  readonly code: WarningCode;
  readonly message: string;
  readonly at: number;
}

const EQUALITIES: ReadonlySet<string> = new Set(["=", "==", "!=", "in", "intersects", "pmatch"]);

const LATENCY = "field is not available due to the drop of enter events";

/** Fields that say nothing since there are exit events alone, and why. */
export const deprecatedFields: Readonly<Record<string, string>> = {
  "evt.dir":
    "due to the drop of enter events, 'evt.dir = <' always evaluates to true, and 'evt.dir = >' always evaluates to false. " +
    "The rule expression can be simplified by removing the condition on 'evt.dir'",
  "evt.latency": LATENCY,
  "evt.latency.s": LATENCY,
  "evt.latency.ns": LATENCY,
  "evt.latency.human": LATENCY,
  "evt.wait_latency": LATENCY,
};

/** Each kind once, where it is first. */
export function suspicions(condition: Condition): Suspicion[] {
  const found = new Map<string, Suspicion>();
  const add = (key: string, suspicion: Suspicion) => {
    if (!found.has(key)) found.set(key, suspicion);
  };
  for (const leaf of leavesOf(condition)) {
    for (const name of fieldsOf(leaf.left)) {
      const message = deprecatedFields[name];
      if (message !== undefined) add(name, { code: "LOAD_DEPRECATED_ITEM", message, at: leaf.at });
    }
    if (leaf.kind === "compare" && comparesWithNothing(leaf))
      add("<NA>", {
        code: "LOAD_UNSAFE_NA_CHECK",
        message: "Comparing a field value with <NA> is unsafe: use the 'exists' operator",
        at: leaf.at,
      });
  }
  return [...found.values()];
}

type Leaf = Extract<Condition, { kind: "exists" | "compare" }>;

function* leavesOf(condition: Condition): Generator<Leaf> {
  if (condition.kind === "and" || condition.kind === "or") for (const term of condition.terms) yield* leavesOf(term);
  else if (condition.kind === "not") yield* leavesOf(condition.term);
  else if (condition.kind === "exists" || condition.kind === "compare") yield condition;
}

function* fieldsOf(operand: Operand): Generator<string> {
  if (operand.kind === "field") yield operand.name;
  else
    for (const argument of operand.of)
      if (argument.kind === "field" || argument.kind === "transform") yield* fieldsOf(argument);
}

/** Of fields that give `<NA>` as a text of theirs. */
function comparesWithNothing({ left, operator, right }: Extract<Leaf, { kind: "compare" }>): boolean {
  if (left.kind !== "field" || !/^(?:ka|jevt)\./.test(left.name) || !EQUALITIES.has(operator)) return false;
  return right.kind === "value" ? right.text === "<NA>" : right.kind === "values" && right.texts.includes("<NA>");
}
