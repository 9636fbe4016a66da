/**
 * JavaScript (ECMA-262, and what TypeScript and JSX add as far as it tokenises) as tokens. Templates are concatenations of
 * their parts. A text without an end ends with its line, so that what follows a wrong guess is read again.
 */
import { bounds } from "../bounds.ts";
import type { Token, TokenKind, Tokens } from "./token.ts";

/** After these a slash begins a regular expression, and a bracket no call. */
export const JAVASCRIPT_KEYWORDS: ReadonlySet<string> = new Set(
  "return typeof case in of delete void throw new do else instanceof await yield if while for switch catch with let const var function class extends default export import async".split(
    " ",
  ),
);

const PUNCTUATORS = ["...", "===", "!==", "**=", "&&=", "||=", "??=", ">>>"];
const PAIRS = new Set("=> == != += -= *= /= %= ++ -- ** && || ?? ?. <= >= << >> |= &= ^=".split(" "));

/** Linear in the source, which is cut at the bound. */
export function tokeniseJavascript(source: string): Tokens {
  const tokens: Token[] = [];
  const length = Math.min(source.length, bounds.sourceLength);
  let at = 0;
  let broken = false;
  /** Depth of braces at which each open template goes on. */
  const templates: number[] = [];
  let braces = 0;
  let tries: number = bounds.sourceLength;

  const push = (kind: TokenKind, text: string, start: number): void => {
    tokens.push({ kind, text, at: start, broken });
    broken = false;
  };

  /** Reads text of a template from `at` on: to its end, or to a substitution. */
  const template = (start: number): void => {
    let text = "";
    let from = at;
    while (at < length) {
      const code = source.charCodeAt(at);
      if (code === 0x5c) {
        text += source.slice(from, at);
        const [value, next] = escapeAt(source, at);
        text += value;
        at = from = next;
      } else if (code === 0x60) {
        push("string", text + source.slice(from, at), start);
        push("punct", ")", at);
        at += 1;
        return;
      } else if (code === 0x24 && source.charCodeAt(at + 1) === 0x7b) {
        push("string", text + source.slice(from, at), start);
        push("punct", "+", at);
        push("punct", "(", at);
        at += 2;
        templates.push(braces);
        return;
      } else at += 1;
    }
    push("string", text + source.slice(from, at), start);
    push("punct", ")", at);
  };

  while (at < length && tokens.length < bounds.tokens) {
    const code = source.charCodeAt(at);
    if (code === 0x0a || code === 0x0d || code === 0x2028) {
      broken = true;
      at += 1;
    } else if (code <= 0x20 || code === 0xa0 || code === 0xfeff) at += 1;
    else if (code === 0x2f && source.charCodeAt(at + 1) === 0x2f) at = lineEnd(source, at, length);
    else if (code === 0x2f && source.charCodeAt(at + 1) === 0x2a) {
      const end = source.indexOf("*/", at + 2);
      at = end < 0 ? length : end + 2;
    } else if (code === 0x23 && at === 0 && source.charCodeAt(1) === 0x21) at = lineEnd(source, at, length);
    else if (code === 0x22 || code === 0x27) {
      const [text, next] = quoted(source, at, code, length);
      push("string", text, at);
      at = next;
    } else if (code === 0x60) {
      // In brackets, so that the parts are one operand: `a${b}c`.trim().
      push("punct", "(", at);
      at += 1;
      template(at);
    } else if (isDigit(code) || (code === 0x2e && isDigit(source.charCodeAt(at + 1)))) {
      const start = at;
      while (at < length && (isPart(source.charCodeAt(at)) || source.charCodeAt(at) === 0x2e)) at += 1;
      push("number", numeral(source.slice(start, at)), start);
    } else if (isStart(code)) {
      const start = at;
      while (at < length && isPart(source.charCodeAt(at))) at += 1;
      let name = source.slice(start, at);
      if (source.charCodeAt(at) === 0x5c) [name, at] = escapedName(source, start, length);
      push("name", name, start);
    } else if (code === 0x5c && source.charCodeAt(at + 1) === 0x75) {
      const start = at;
      const [name, next] = escapedName(source, at, length);
      at = Math.max(next, at + 1);
      if (name !== "") push("name", name, start);
    } else if (code === 0x2f && tries > 0 && startsRegex(tokens.at(-1))) {
      const next = regexEnd(source, at, length);
      if (next === undefined) {
        // No end in this line: a division. What was looked through in vain is limited.
        tries -= lineEnd(source, at, length) - at;
        push("punct", "/", at);
        at += 1;
        continue;
      }
      push("regex", source.slice(at, next), at);
      at = next;
    } else if (code === 0x7d && templates.at(-1) === braces) {
      templates.pop();
      push("punct", ")", at);
      push("punct", "+", at);
      at += 1;
      template(at);
    } else {
      if (code === 0x7b) braces += 1;
      else if (code === 0x7d && braces > 0) braces -= 1;
      const text = punctuator(source, at);
      // `a?.b` is a member as `a.b` is; of `a?.[b]` and `a?.(b)` only the bracket says something.
      if (text === "?.") {
        const next = source.charCodeAt(at + 2);
        if (next !== 0x28 && next !== 0x5b) push("punct", ".", at);
      } else push("punct", text, at);
      at += text.length;
    }
  }
  return { tokens, cut: at < source.length };
}

function punctuator(source: string, at: number): string {
  const three = source.slice(at, at + 3);
  if (PUNCTUATORS.includes(three)) return three;
  const two = three.slice(0, 2);
  // `?.5` is a condition.
  if (two === "?." && isDigit(three.charCodeAt(2))) return "?";
  return PAIRS.has(two) ? two : (three[0] as string);
}

function startsRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "punct") return before.text !== ")" && before.text !== "]" && before.text !== "}";
  return before.kind === "name" && JAVASCRIPT_KEYWORDS.has(before.text);
}

/** A regular expression ends within its line; where it does not, it is a division. */
function regexEnd(source: string, start: number, length: number): number | undefined {
  let inClass = false;
  let at = start + 1;
  for (; at < length; at++) {
    const code = source.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x0a) return undefined;
    else if (code === 0x5b) inClass = true;
    else if (code === 0x5d) inClass = false;
    else if (code === 0x2f && !inClass) break;
  }
  if (at >= length) return undefined;
  at += 1;
  while (at < length && isPart(source.charCodeAt(at))) at += 1;
  return at;
}

function quoted(source: string, start: number, quote: number, length: number): [string, number] {
  let text = "";
  let from = start + 1;
  let at = from;
  while (at < length) {
    const code = source.charCodeAt(at);
    if (code === quote) return [text + source.slice(from, at), at + 1];
    if (code === 0x0a || code === 0x0d) break;
    if (code === 0x5c) {
      text += source.slice(from, at);
      const [value, next] = escapeAt(source, at);
      text += value;
      at = from = next;
    } else at += 1;
  }
  return [text + source.slice(from, Math.min(at, length)), Math.min(at, length)];
}

const SINGLE: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v" };

/** What a backslash at an offset stands for, and where it ends. */
export function escapeAt(source: string, at: number): [string, number] {
  const next = source[at + 1];
  if (next === undefined) return ["", at + 1];
  if (next === "x") return hexEscape(source, at + 2, 2) ?? ["x", at + 2];
  if (next === "u") {
    if (source[at + 2] !== "{") return hexEscape(source, at + 2, 4) ?? ["u", at + 2];
    const end = source.indexOf("}", at + 3);
    const digits = end < 0 || end - at > 12 ? "" : source.slice(at + 3, end);
    const value = Number.parseInt(digits, 16);
    return value >= 0 && value <= 0x10ffff ? [String.fromCodePoint(value), end + 1] : ["u", at + 2];
  }
  if (next === "\r") return ["", source[at + 2] === "\n" ? at + 3 : at + 2];
  if (next === "\n" || next === "\u2028") return ["", at + 2];
  if (next >= "0" && next <= "7") {
    let end = at + 1;
    while (end < at + 4 && (source[end] as string) >= "0" && (source[end] as string) <= "7") end += 1;
    return [String.fromCharCode(Number.parseInt(source.slice(at + 1, end), 8) & 0xff), end];
  }
  return [SINGLE[next] ?? next, at + 2];
}

export function hexEscape(source: string, at: number, digits: number): [string, number] | undefined {
  let value = 0;
  for (let each = at; each < at + digits; each++) {
    const digit = Number.parseInt(source[each] ?? "", 16);
    if (Number.isNaN(digit)) return undefined;
    value = value * 16 + digit;
  }
  return value > 0x10ffff ? undefined : [String.fromCodePoint(value), at + digits];
}

function escapedName(source: string, start: number, length: number): [string, number] {
  let name = "";
  let at = start;
  while (at < length) {
    if (isPart(source.charCodeAt(at))) name += source[at++];
    else if (source.charCodeAt(at) === 0x5c && source.charCodeAt(at + 1) === 0x75) {
      const [value, next] = escapeAt(source, at);
      name += value;
      at = next;
    } else break;
  }
  return [name, at];
}

/** Of `0x1F`, `1_000` and `10n` the decimal number. */
function numeral(text: string): string {
  const plain = text.replaceAll("_", "").replace(/n$/, "");
  const value = Number(plain);
  return Number.isNaN(value) ? plain : String(value);
}

function lineEnd(source: string, at: number, length: number): number {
  const end = source.indexOf("\n", at);
  return end < 0 ? length : Math.min(end, length);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Letters, `$`, `_`, `#` of private names, and everything beyond ASCII. */
export function isStart(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f ||
    code === 0x24 ||
    code === 0x23 ||
    code > 0x7f
  );
}

export function isPart(code: number): boolean {
  return isStart(code) || isDigit(code);
}
