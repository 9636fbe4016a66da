/** The words of an expression (langdef.md, "Syntax"). */
import { escapesOf } from "./escapes.ts";
import { Refused } from "./refused.ts";

export type Token = { readonly at: number; readonly end: number } & (
  | {
      readonly kind: "name";
      readonly text: string /** Between backticks, where any name is a field's. */;
      readonly quoted?: true;
    }
  /** Operators and brackets. */
  | { readonly kind: "sign"; readonly text: string }
  | { readonly kind: "int" | "uint"; readonly value: bigint }
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "end" }
);

const SPACE = /[\t\n\f\r ]+|\/\/[^\n]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED = /`([A-Za-z0-9_.\-/ ]+)`/y;
const FLOAT = /\d*\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y;
const INTEGER = /(0x[0-9a-fA-F]+|\d+)([uU]?)/y;
const SIGN = /==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,()[\]{}]/y;
const PREFIX = /(?:[rR][bB]?|[bB][rR]?)?(?="|')/y;

/** @throws Refused */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (;;) {
    for (let space = match(SPACE); space !== null; space = match(SPACE)) at += space[0].length;
    if (at >= text.length) break;
    const token = stringAt(text, at, match(PREFIX)?.[0]) ?? simpleAt(at, match);
    if (token === undefined) throw new Refused(`unexpected character ${JSON.stringify(text.slice(at, at + 1))}`, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: "end", at, end: at });
  return tokens;
}

function simpleAt(at: number, match: (pattern: RegExp) => RegExpExecArray | null): Token | undefined {
  const name = match(NAME);
  if (name !== null) return { kind: "name", text: name[0], at, end: at + name[0].length };
  const quoted = match(QUOTED);
  if (quoted !== null) return { kind: "name", text: quoted[1] ?? "", quoted: true, at, end: at + quoted[0].length };
  const float = match(FLOAT);
  if (float !== null) return { kind: "double", value: Number(float[0]), at, end: at + float[0].length };
  const integer = match(INTEGER);
  if (integer !== null) {
    const [whole, digits = "", suffix] = integer;
    return { kind: suffix === "" ? "int" : "uint", value: BigInt(digits), at, end: at + whole.length };
  }
  const sign = match(SIGN);
  return sign === null ? undefined : { kind: "sign", text: sign[0], at, end: at + sign[0].length };
}

function stringAt(text: string, at: number, prefix: string | undefined): Token | undefined {
  if (prefix === undefined) return undefined;
  const start = at + prefix.length;
  const mark = text[start] ?? "";
  const quote = text.startsWith(mark.repeat(3), start) ? mark.repeat(3) : mark;
  const isRaw = /r/i.test(prefix);
  const isBytes = /b/i.test(prefix);
  const from = start + quote.length;
  let end = from;
  while (!text.startsWith(quote, end)) {
    if (end >= text.length || (quote.length === 1 && /[\n\r]/.test(text[end] ?? "")))
      throw new Refused("text without an end", at);
    end += text[end] === "\\" && !isRaw ? 2 : 1;
  }
  const body = text.slice(from, end);
  const place = { at, end: end + quote.length };
  const value = isRaw ? body : escapesOf(body, isBytes, from);
  if (!isBytes) {
    if (typeof value !== "string" || !value.isWellFormed()) throw new Refused("half a character", at);
    return { kind: "string", value, ...place };
  }
  return { kind: "bytes", value: typeof value === "string" ? Buffer.from(value) : value, ...place };
}
