/** A condition as text again: what a rule comes to once macros, lists and exceptions are in their places. */
import { shownText } from "../fields/shown.ts";
import type { Condition, Operand, Right, TransformerArgument } from "./model.ts";

/**
 * Equal for equal conditions, however they are written. Texts are made readable; parentheses stand where they are needed.
 *
 * @param most - characters; what is longer is cut, and says so
 */
export function conditionText(condition: Condition, most = Number.POSITIVE_INFINITY): string {
  const out: string[] = [];
  let length = 0;
  const put = (text: string): void => {
    if (length <= most) out.push(text);
    length += text.length;
  };
  write(condition, "or", put);
  const text = out.join("");
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** @param within - what it stands in: an `or` in an `and` needs parentheses, and anything in a `not` */
function write(condition: Condition, within: "and" | "or" | "not", put: (text: string) => void): void {
  switch (condition.kind) {
    case "and":
    case "or": {
      const { kind } = condition;
      const bracketed = within === "not" || (within === "and" && kind === "or");
      if (bracketed) put("(");
      for (const [at, term] of condition.terms.entries()) {
        if (at > 0) put(` ${kind} `);
        write(term, kind, put);
      }
      if (bracketed) put(")");
      return;
    }
    case "not":
      put("not ");
      write(condition.term, "not", put);
      return;
    case "macro":
      put(condition.name);
      return;
    case "exists":
      put(`${operandText(condition.left)} exists`);
      return;
    case "compare": {
      const { left, operator, modifier, right } = condition;
      const by = modifier === undefined ? operator : `${operator} ${modifier}`;
      put(`${operandText(left)} ${by} `);
      writeRight(right, put);
    }
  }
}

function writeRight(right: Right, put: (text: string) => void): void {
  if (right.kind === "operand") {
    put(right.operand.kind === "field" ? `val(${operandText(right.operand)})` : operandText(right.operand));
    return;
  }
  if (right.kind === "value") {
    put(literal(right.text));
    return;
  }
  put("(");
  for (const [at, text] of right.texts.entries()) put(`${at > 0 ? ", " : ""}${literal(text)}`);
  put(")");
}

function operandText(operand: Operand): string {
  const argument = operand.argument === undefined ? "" : `[${shownText(operand.argument)}]`;
  if (operand.kind === "field") return `${operand.name}${argument}`;
  return `${operand.transformer}(${operand.of.map(argumentText).join(", ")})${argument}`;
}

function argumentText(argument: TransformerArgument): string {
  if (argument.kind === "literal") return argument.number === true ? argument.text : literal(argument.text);
  if (argument.kind === "list") return `(${argument.items.map(argumentText).join(", ")})`;
  return operandText(argument);
}

function literal(text: string): string {
  const shown = shownText(text);
  return /^[\w./:*?@%+-]+$/.test(shown) ? shown : `"${shown.replace(/["\\]/g, "\\$&")}"`;
}
