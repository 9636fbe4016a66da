/** Words of GitHub's expressions ("Evaluate expressions in workflows and actions"). */
import { coreNumber } from "./numbers.ts";

export type Token = { readonly start: number; readonly end: number } & (
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** Of a context, a function or a property. */
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "mark"; readonly mark: Mark }
);

export type Mark = "(" | ")" | "[" | "]" | "," | "." | "*" | "!" | "&&" | "||" | "==" | "!=" | "<" | "<=" | ">" | ">=";

/** What breaks the grammar: where, and half a sentence. */
export class ExpressionFault extends Error {
  readonly at: number;

  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}

/** The word that begins at or behind `from`, white space skipped; undefined at the end. */
export function nextToken(source: string, from: number, before: Token | undefined): Token | undefined {
  let start = from;
  while (start < source.length && isSpace(source.charCodeAt(start))) start++;
  if (start >= source.length) return undefined;
  const first = source.charAt(start);
  if (first === "'") return stringAt(source, start);
  const two = source.slice(start, start + 2);
  // At the end of the source it is one character.
  if (isMark(two)) return { kind: "mark", mark: two, start, end: start + two.length };
  // A dot behind a value leads into it; elsewhere it begins a number.
  const begins = first === "." ? !isOperandEnd(before) : first === "+" || first === "-" || isDigit(first);
  if (begins) return numberAt(source, start);
  if (isMark(first)) return { kind: "mark", mark: first, start, end: start + 1 };
  if (!NAME_START.test(first)) throw new ExpressionFault(start, `unexpected ${JSON.stringify(first)}`);
  return wordAt(source, start, before);
}

function stringAt(source: string, start: number): Token {
  for (let at = source.indexOf("'", start + 1); at >= 0; at = source.indexOf("'", at + 2)) {
    if (source.charAt(at + 1) === "'") continue;
    return { kind: "literal", value: source.slice(start + 1, at).replaceAll("''", "'"), start, end: at + 1 };
  }
  throw new ExpressionFault(start, "a string does not end");
}

function numberAt(source: string, start: number): Token {
  let end = start + 1;
  while (end < source.length && /[0-9A-Za-z_.+-]/.test(source.charAt(end))) end++;
  const text = source.slice(start, end);
  const value = coreNumber(text);
  if (Number.isNaN(value)) throw new ExpressionFault(start, `${JSON.stringify(text.slice(0, 40))} is not a number`);
  return { kind: "literal", value, start, end };
}

function wordAt(source: string, start: number, before: Token | undefined): Token {
  let end = start + 1;
  while (end < source.length && NAME_PART.test(source.charAt(end))) end++;
  const name = source.slice(start, end);
  const isProperty = before?.kind === "mark" && before.mark === ".";
  // Words are told by their case, unlike names.
  if (!isProperty && WORDS.has(name)) return { kind: "literal", value: WORDS.get(name) ?? null, start, end };
  return { kind: "name", name, start, end };
}

const WORDS: ReadonlyMap<string, number | boolean | null> = new Map<string, number | boolean | null>([
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
]);

const NAME_START = /[A-Za-z_]/;
const NAME_PART = /[A-Za-z0-9_-]/;

const MARKS: ReadonlySet<string> = new Set([
  "(",
  ")",
  "[",
  "]",
  ",",
  ".",
  "*",
  "!",
  "&&",
  "||",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
]);

function isMark(text: string): text is Mark {
  return MARKS.has(text);
}

function isOperandEnd(token: Token | undefined): boolean {
  if (token === undefined) return false;
  return token.kind !== "mark" || token.mark === ")" || token.mark === "]" || token.mark === "*";
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff;
}
