/**
 * Outputs of rules: a text with `%field`, `%20field` (as wide as that), `%transformer(…)`, and `%%` for a percent sign
 * (upstream's `libsinsp/eventformatter.cpp`). A `*` in front is of old, and means what is always so here: what is absent
 * does not take the rest along.
 */
import { SyntaxFault } from "./lex.ts";
import type { Operand } from "./model.ts";
import { parseOperand } from "./parse.ts";

/** Either text or something to fill in. */
export type OutputPart = string | OutputField;

export interface OutputField {
  /** As written: `evt.arg[flags]`, `toupper(proc.name)`. */
  readonly name: string;
  readonly operand: Operand;
  /** Cut or filled up with blanks to so many bytes. */
  readonly width?: number;
}

export type ParsedOutput =
  | { readonly parts: readonly OutputPart[] }
  | { readonly fault: string; readonly unknownField: boolean; readonly at: number };

/** What is put in for a value that is absent. */
export const ABSENT = "<NA>";

const MOST_WIDTH = 4_096;

/** @param isField - whether a field or transformer of that text is known */
export function parseOutput(output: string, isField: (text: string) => boolean): ParsedOutput {
  const text = output.startsWith("*") ? output.slice(1) : output;
  const skipped = output.length - text.length;
  const parts: OutputPart[] = [];
  let literal = "";
  let at = 0;
  const failed = (fault: string, unknownField = false) => ({ fault, unknownField, at: at + skipped });
  while (at < text.length) {
    const percent = text.indexOf("%", at);
    if (percent < 0) break;
    literal += text.slice(at, percent);
    at = percent;
    if (text[at + 1] === "%") {
      literal += "%";
      at += 2;
      continue;
    }
    const digits = /^[0-9]*/.exec(text.slice(at + 1, at + 12))?.[0] ?? "";
    const start = at + 1 + digits.length;
    if (start >= text.length)
      return failed(`invalid formatting syntax: formatting cannot end with a ${digits === "" ? "%" : "number"}`);
    if (Number(digits) > MOST_WIDTH) return failed(`width is over ${MOST_WIDTH}`);
    const field = fieldAt(text, start, isField);
    if ("fault" in field) return failed(field.fault, field.unknownField);
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(Number(digits) > 0 ? { ...field.found, width: Number(digits) } : field.found);
    at = field.end;
  }
  literal += text.slice(at);
  if (literal !== "") parts.push(literal);
  return { parts };
}

/** The longest name that there is a field of: `%proc.names` is `proc.name` and an s, `%fd.name.` one and a full stop. */
function fieldAt(
  text: string,
  start: number,
  isField: (text: string) => boolean,
): { readonly found: OutputField; readonly end: number } | { readonly fault: string; readonly unknownField: boolean } {
  const word = /^[a-zA-Z0-9_.]*/.exec(text.slice(start, start + LONGEST_NAME))?.[0] ?? "";
  let parsed: ReturnType<typeof parseOperand>;
  try {
    parsed = parseOperand(text.slice(start, start + LONGEST_OPERAND));
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    if (word !== "" && text[start + word.length] !== "(")
      return { fault: `invalid formatting token ${word}`, unknownField: true };
    return { fault: `invalid formatting token: ${error.message}`, unknownField: false };
  }
  const { operand, end } = parsed;
  const whole = text.slice(start, start + end);
  if (isField(whole)) return { found: { name: whole, operand }, end: start + end };
  if (operand.kind === "field")
    for (let length = operand.name.length; length > 2; length--) {
      const name = operand.name.slice(0, length);
      if (name.includes(".") && /[a-zA-Z0-9_]$/.test(name) && isField(name))
        return { found: { name, operand: { kind: "field", name, at: 0 } }, end: start + length };
    }
  return { fault: `invalid formatting token ${whole}`, unknownField: true };
}

const LONGEST_NAME = 256;
const LONGEST_OPERAND = 4_096;

/** How to show one operand of an event; undefined where it is absent. */
export type Show<Event> = (event: Event) => string | undefined;

export interface RenderedOutput {
  readonly text: string;
  /** Each field of the output by its name as written; null where it is absent. */
  readonly fields: Record<string, string | null>;
}

/**
 * An output ready to be filled in. Values come as they are to be shown, made readable; whoever writes the text somewhere
 * escapes it for there.
 *
 * @param show - what shows an operand; it may throw for one that there is none of, which loading has ruled out
 */
export function compileOutput<Event>(
  parts: readonly OutputPart[],
  show: (operand: Operand) => Show<Event>,
): (event: Event) => RenderedOutput {
  const compiled = parts.map((part) => (typeof part === "string" ? part : { ...part, show: show(part.operand) }));
  return (event) => {
    let text = "";
    const fields: Record<string, string | null> = {};
    for (const part of compiled) {
      if (typeof part === "string") {
        text += part;
        continue;
      }
      const value = part.show(event);
      fields[part.name] = value ?? null;
      const shown = value ?? ABSENT;
      text += part.width === undefined ? shown : shown.slice(0, part.width).padEnd(part.width);
    }
    return { text, fields };
  };
}
