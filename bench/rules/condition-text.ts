/** A condition as text again, macros and lists put in: what other engines of the language can read. */
import type { Condition, Operand, TransformerArgument } from "../../src/engines/events/falco/model.ts";

export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return `(${condition.terms.map(conditionText).join(` ${condition.kind} `)})`;
    case "not":
      return `not (${conditionText(condition.term)})`;
    case "macro":
      return condition.name;
    case "exists":
      return `${operandText(condition.left)} exists`;
    case "compare": {
      const { left, operator, modifier, right } = condition;
      const start = `${operandText(left)} ${operator}${modifier === undefined ? "" : ` ${modifier}`} `;
      if (right.kind === "operand") {
        const text = operandText(right.operand);
        return start + (right.operand.kind === "field" ? `val(${text})` : text);
      }
      if (right.kind === "values") return `${start}(${right.texts.map(quoted).join(", ")})`;
      return start + (/^[<>]/.test(operator) ? right.text : quoted(right.text));
    }
  }
}

function operandText(operand: Operand): string {
  const argument = operand.argument === undefined ? "" : `[${operand.argument}]`;
  if (operand.kind === "field") return operand.name + argument;
  return `${operand.transformer}(${operand.of.map(argumentText).join(", ")})${argument}`;
}

function argumentText(argument: TransformerArgument): string {
  if (argument.kind === "literal") return quoted(argument.text);
  return argument.kind === "list" ? `(${argument.items.map(argumentText).join(", ")})` : operandText(argument);
}

function quoted(text: string): string {
  // A backslash before the quote that ends a text keeps it open, even one that is escaped itself.
  if (/^[^()"'\s=,]*\\$/.test(text)) return text;
  const escaped = text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/\t/g, "\\t");
  return `"${escaped}"`;
}
