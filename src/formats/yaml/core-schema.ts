import type { PlacedScalar } from "./placed-model.ts";

/** What a plain scalar of one line is by YAML's core schema (YAML 1.2.2, 10.3.2). */
export function coreType(text: string): "string" | "boolean" | "number" | "null" {
  const first = text.charCodeAt(0);
  // Digits, signs and dots begin numbers; nothing that is longer than its words is one of them.
  if (first <= DIGIT_NINE) return NUMBER.test(text) ? "number" : text === "" ? "null" : "string";
  if (text.length > LONGEST_WORD) return "string";
  return WORDS.get(text) ?? (text === "" ? "null" : "string");
}

/** What a scalar stands for, as the YAML library has it: all numbers as JavaScript's. */
export function coreValue({ text, type }: Pick<PlacedScalar, "text" | "type">): string | number | boolean | null {
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return /^t/i.test(text);
    case "null":
      return null;
    case "number":
      if (/nan$/i.test(text)) return Number.NaN;
      return /inf$/i.test(text) ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
  }
}

const DIGIT_NINE = 57;
const LONGEST_WORD = 5;

const WORDS: ReadonlyMap<string, "boolean" | "null"> = new Map([
  ...["true", "True", "TRUE", "false", "False", "FALSE"].map((word) => [word, "boolean"] as const),
  ...["null", "Null", "NULL", "~"].map((word) => [word, "null"] as const),
]);

const NUMBER =
  /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
