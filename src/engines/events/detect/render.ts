/** Outputs of rules, filled in from the event in hand. */

import { FaultError } from "../falco/compile/fault.ts";
import type { FieldFinder } from "../falco/compile/operands.ts";
import { bindOperand } from "../falco/compile/operands.ts";
import { SyntaxFault } from "../falco/lex.ts";
import type { CollectedRule, CompiledRule, Operand } from "../falco/model.ts";
import { compileOutput, parseOutput, type Show } from "../falco/output.ts";
import { parseOperand } from "../falco/parse.ts";
import type { Field } from "../fields/field.ts";
import { shownValue } from "../fields/shown.ts";

/**
 * @param fields - those that the rule was loaded with: loading has refused an output that names others, and what is left of one
 * that does is shown as it is written
 */
export function rendererOf<Event>(fields: FieldFinder<Event>): (rule: CollectedRule) => CompiledRule<Event>["render"] {
  const isKnown = isOperandOf(fields);
  return ({ output }) => {
    const parsed = parseOutput(output, isKnown);
    if (!("parts" in parsed)) return () => ({ text: output, fields: {} });
    return compileOutput(parsed.parts, (operand) => showOf(operand, fields));
  };
}

/** Whether an output can name it: a field, or a transformer of one. */
export function isOperandOf<Event>(fields: FieldFinder<Event>): (text: string) => boolean {
  return (text) => {
    if (!text.includes("(")) return !("problem" in fields.find(text));
    try {
      const { operand, end } = parseOperand(text);
      bindOperand(operand, { fields, used: () => {} });
      return end === text.length;
    } catch (error) {
      if (error instanceof FaultError || error instanceof SyntaxFault) return false;
      throw error;
    }
  };
}

function showOf<Event>(operand: Operand, fields: FieldFinder<Event>): Show<Event> {
  const { extract, type, list, field } = bindOperand(operand, { fields, used: () => {} });
  const found = field === undefined ? undefined : named(field.name, fields);
  // What a transformer makes is shown by its type.
  const shown = found ?? ({ type, ...(list ? { list: true } : {}) } as Field<never>);
  return (event) => {
    const value = extract(event);
    return value === undefined ? undefined : shownValue(shown as Field<never>, value);
  };
}

function named<Event>(name: string, fields: FieldFinder<Event>): Field<Event> | undefined {
  // A name alone may lack its argument, which changes nothing about how it is shown.
  for (const text of [name, `${name}[0]`, `${name}0`]) {
    const found = fields.find(text);
    if (!("problem" in found)) return found.field;
  }
  return undefined;
}
