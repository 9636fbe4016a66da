/** Functions of a file that do nothing but undo one encoding: `const _ = (s) => Buffer.from(s, "base64").toString()`. */
import { fromBase64, fromHex, reversed, utf8 } from "./decode.ts";
import type { Token } from "./token.ts";

export type Decoder = (text: string) => string | undefined;

const HEAD = 14;
const BODY = 24;

const base64: Decoder = (text) => optional(fromBase64(text));
const hex: Decoder = (text) => optional(fromHex(text));

/** By their names. Recognised by their first tokens, so that each function is looked at once. */
export function decodersOf(tokens: readonly Token[]): ReadonlyMap<string, Decoder> {
  const decoders = new Map<string, Decoder>();
  for (let index = 0; index < tokens.length; index++) {
    const { kind, text } = tokens[index] as Token;
    if (kind === "punct" ? text !== "=>" : text !== "return" && text !== "lambda") continue;
    // Nearly no body begins as these do.
    const begins = tokens[text === "lambda" ? index + 3 : index + 1]?.text ?? "";
    if (!BEGINNINGS.has(begins) && !isUndone(tokens, text === "lambda" ? index + 4 : index + 2)) continue;
    const head = headOf(tokens, index);
    const decoder =
      head === undefined ? undefined : bodyOf(tokens, text === "lambda" ? index + 3 : index + 1, head.parameter);
    if (head !== undefined && decoder !== undefined) decoders.set(head.name, decoder);
  }
  return decoders;
}

const BEGINNINGS = new Set("( new atob Buffer globalThis window base64 b64decode bytes binascii unhexlify".split(" "));

/** `.split(` or `[::`: put backwards. */
function isUndone(tokens: readonly Token[], at: number): boolean {
  const [first, second] = [tokens[at]?.text, tokens[at + 1]?.text];
  return (first === "." && second === "split") || (first === "[" && second === ":");
}

/** The name and the one parameter of the function whose body begins after a token. */
function headOf(tokens: readonly Token[], index: number): { name: string; parameter: string } | undefined {
  const { text } = tokens[index] as Token;
  if (text === "lambda") {
    const [name, parameter] = [tokens[index - 2], tokens[index + 1]];
    return tokens[index - 1]?.text === "=" && tokens[index + 2]?.text === ":" ? named(name, parameter) : undefined;
  }
  const before = tokens
    .slice(Math.max(0, index - HEAD), index)
    .filter(({ kind, text: each }) => kind === "name" || each === "=");
  if (text === "=>") {
    // name = parameter =>
    const equals = before.findLastIndex(({ text: each }) => each === "=");
    return equals < 1 || equals !== before.length - 2 ? undefined : named(before[equals - 1], before[equals + 1]);
  }
  // function name(parameter) { return, def name(parameter): return, name = function (parameter) { return
  const keyword = before.findLastIndex(({ text: each }) => each === "function" || each === "def");
  const after = before.slice(keyword + 1);
  if (keyword < 0) return undefined;
  if (after.length === 2) return named(after[0], after[1]);
  return after.length === 1 && before[keyword - 1]?.text === "=" ? named(before[keyword - 2], after[0]) : undefined;
}

function named(name: Token | undefined, parameter: Token | undefined): { name: string; parameter: string } | undefined {
  return name?.kind === "name" && parameter?.kind === "name"
    ? { name: name.text, parameter: parameter.text }
    : undefined;
}

function bodyOf(tokens: readonly Token[], start: number, parameter: string): Decoder | undefined {
  let end = start;
  while (end < tokens.length && end < start + BODY && tokens[end]?.text !== ";" && tokens[end]?.text !== "}") end += 1;
  const body = tokens
    .slice(start, end)
    .map(({ kind, text }) => (kind === "string" ? `"${text}"` : text === parameter ? "$" : text))
    .join("");
  if (/^\(?(?:globalThis\.|window\.)?atob\(\$\)/.test(body)) return base64;
  const buffer = /^\(?(?:new)?Buffer(?:\.from)?\(\$,"(base64|hex)"\)/.exec(body)?.[1];
  if (buffer !== undefined) return buffer === "hex" ? hex : base64;
  if (/^(?:base64\.)?b64decode\(\$(?:\.encode\([^)]*\))?\)/.test(body)) return base64;
  if (/^(?:base64\.)?b64decode\(\$\[::-1\]\)/.test(body)) return (text) => base64(reversed(text));
  if (/^(?:bytes\.fromhex|(?:binascii\.)?unhexlify)\(\$\)/.test(body)) return hex;
  return /^\$\.split\(""\)\.reverse\(\)\.join\(""\)$|^\$\[::-1\]$/.test(body) ? reversed : undefined;
}

function optional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : utf8(text);
}
