/** What upstream's compiler warns of in a condition: constants that look like something else, expressions that need be none. */
import type { Condition } from "../model.ts";
import type { FieldFinder } from "./operands.ts";

export interface Suspicion {
  readonly message: string;
  readonly at: number;
}

export function suspicions<Event>(condition: Condition, fields: FieldFinder<Event>): Suspicion[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.terms.flatMap((term) => suspicions(term, fields));
    case "not":
      return suspicions(condition.term, fields);
    case "compare":
      return condition.right.kind === "operand" ? [] : ofConstants(condition, condition.right, fields);
    default:
      return [];
  }
}

function ofConstants<Event>(
  { operator }: Condition & { kind: "compare" },
  right:
    | { readonly kind: "value"; readonly text: string; readonly at: number }
    | { readonly kind: "values"; readonly texts: readonly string[]; readonly at: number },
  fields: FieldFinder<Event>,
): Suspicion[] {
  const found: Suspicion[] = [];
  for (const text of right.kind === "value" ? [right.text] : right.texts) {
    const add = (message: string) => found.push({ message, at: right.at });
    if (operator === "regex" && isSimple(text)) {
      add(
        `regex check with '${text}' may be optimized with simpler operators such as '=', 'contains', 'startswith', 'endswith'`,
      );
    }
    const packed = text.replace(/\s+/g, "");
    if (looksLikeField(packed) && !("problem" in fields.find(packed)))
      add(`'${text}' may be a valid field misused as a const string value`);
    if (/^(?:val|tolower|toupper|b64|basename|len|join|concat|getopt)\([\s\S]*\)$/.test(packed))
      add(`'${text}' may be a valid field transformer misused as a const string value`);
  }
  return found;
}

/** Names of fields have a dot and begin with a letter: nearly all constants are told apart without a look-up. */
function looksLikeField(text: string): boolean {
  return text.length < 200 && /^[a-z][a-z0-9_]*\.[a-z]/i.test(text);
}

/** No special character but anchors, and a `.*` at either end. */
function isSimple(expression: string): boolean {
  const inner = expression.replace(/^(?:\^|\.[+*?])/, "").replace(/(?:\$|\.[+*?])$/, "");
  return !/[.+*?^$()[\]{}|\\]/.test(inner);
}
