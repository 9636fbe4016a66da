/**
 * Python (the language reference, chapter 2; Python 2's prefixes too) as tokens. Indentation is `{` and `}`, the end of a
 * statement `;`; formatted texts are concatenations of their parts. A text without an end ends with its line, one in
 * triple quotes with the file.
 */
import { bounds } from "../bounds.ts";
import { escapeAt, hexEscape, isPart, isStart } from "./javascript.ts";
import type { Token, TokenKind, Tokens } from "./token.ts";

export const PYTHON_KEYWORDS: ReadonlySet<string> = new Set(
  "and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case".split(
    " ",
  ),
);

const PAIRS = new Set("== != <= >= ** // << >> += -= *= /= %= |= &= ^= -> :=".split(" "));
/** Substitutions within substitutions of one formatted text. */
const FORMAT_DEPTH = 4;

export function tokenisePython(source: string): Tokens {
  const tokens: Token[] = [];
  const cut = scan(source, 0, Math.min(source.length, bounds.sourceLength), tokens, 0);
  return { tokens, cut: cut || source.length > bounds.sourceLength };
}

/** Adds the tokens between two offsets; true where the bound on tokens cut them. */
function scan(source: string, start: number, end: number, tokens: Token[], depth: number): boolean {
  let at = start;
  let brackets = 0;
  let lineStart = depth === 0;
  const indents = [0];
  const push = (kind: TokenKind, text: string, place: number): void => {
    tokens.push({ kind, text, at: place, broken: false });
  };
  // exec code, of Python 2, is exec(code).
  let execs = false;
  const statementEnd = (place: number): void => {
    if (execs) push("punct", ")", place);
    execs = false;
    const last = tokens.at(-1);
    if (last !== undefined && !(last.kind === "punct" && (last.text === ";" || last.text === "{" || last.text === "}")))
      push("punct", ";", place);
  };

  while (at < end) {
    if (tokens.length >= bounds.tokens) return true;
    if (lineStart) {
      lineStart = false;
      let width = 0;
      while (at < end) {
        const code = source.charCodeAt(at);
        if (code === 0x20) width += 1;
        else if (code === 0x09) width += 8 - (width % 8);
        else if (code !== 0x0c) break;
        at += 1;
      }
      const code = source.charCodeAt(at);
      // Lines without code do not indent.
      if (at < end && code !== 0x0a && code !== 0x0d && code !== 0x23) {
        if (width > (indents.at(-1) as number) && indents.length < bounds.depth) {
          indents.push(width);
          push("punct", "{", at);
        }
        while (width < (indents.at(-1) as number)) {
          indents.pop();
          push("punct", "}", at);
        }
      }
      continue;
    }
    const code = source.charCodeAt(at);
    if (code === 0x0a) {
      if (brackets === 0 && depth === 0) {
        statementEnd(at);
        lineStart = true;
      }
      at += 1;
    } else if (code === 0x23) {
      const next = source.indexOf("\n", at);
      at = next < 0 ? end : Math.min(next, end);
    } else if (code === 0x5c && (source[at + 1] === "\n" || source[at + 1] === "\r")) {
      at += source[at + 1] === "\r" && source[at + 2] === "\n" ? 3 : 2;
    } else if (code <= 0x20) at += 1;
    else if (code === 0x22 || code === 0x27) at = text(source, at, at, "", end, tokens, depth);
    else if (isStart(code) && code !== 0x24 && code !== 0x23) {
      const from = at;
      while (at < end && isPart(source.charCodeAt(at)) && source.charCodeAt(at) !== 0x23) at += 1;
      const name = source.slice(from, at);
      const quote = source.charCodeAt(at);
      if ((quote === 0x22 || quote === 0x27) && at < end && isPrefix(name)) {
        at = text(source, from, at, name.toLowerCase(), end, tokens, depth);
        // Identifiers are compared by NFKC: 𝓮𝔁𝓮𝓬 is exec.
      } else if (code > 0x7f) {
        const plain = name.normalize("NFKC");
        tokens.push({ kind: "name", text: plain, at: from, broken: false, ...(plain === name ? {} : { built: true }) });
      } else {
        push("name", name, from);
        if (
          name === "exec" &&
          brackets === 0 &&
          depth === 0 &&
          /^[ \t]+["'\w]/.test(source.slice(at, at + 4)) &&
          !execs
        ) {
          execs = true;
          push("punct", "(", at);
        }
      }
    } else if (code >= 0x30 && code <= 0x39) {
      const from = at;
      while (at < end && (isPart(source.charCodeAt(at)) || source.charCodeAt(at) === 0x2e)) at += 1;
      const plain = source.slice(from, at).replaceAll("_", "").toLowerCase();
      const value = Number(plain.replace(/l$/, ""));
      push("number", Number.isNaN(value) ? plain : String(value), from);
    } else {
      const two = source.slice(at, at + 2);
      const found = PAIRS.has(two) ? two : (two[0] as string);
      if (found === "(" || found === "[" || found === "{") brackets += 1;
      else if ((found === ")" || found === "]" || found === "}") && brackets > 0) brackets -= 1;
      push("punct", found, at);
      at += found.length;
    }
  }
  if (depth === 0) {
    statementEnd(at);
    for (let each = indents.length; each > 1; each--) push("punct", "}", at);
  }
  return false;
}

function isPrefix(name: string): boolean {
  if (name.length > 3) return false;
  for (const letter of name) if (!"rRbBuUfFtT".includes(letter)) return false;
  return true;
}

/** One text literal whose quote stands at `quoteAt`; gives where it ends. */
function text(
  source: string,
  start: number,
  quoteAt: number,
  prefix: string,
  end: number,
  tokens: Token[],
  depth: number,
): number {
  const quote = source[quoteAt] as string;
  const triple = source.startsWith(quote.repeat(3), quoteAt);
  const closing = triple ? quote.repeat(3) : quote;
  const raw = prefix.includes("r");
  const formatted = (prefix.includes("f") || prefix.includes("t")) && depth < FORMAT_DEPTH;
  let at = quoteAt + closing.length;
  let value = "";
  let from = at;
  let parts = 0;
  let partAt = start;
  const quoteCode = source.charCodeAt(quoteAt);
  const bytes = prefix.includes("b");
  const flush = (): void => {
    tokens.push({ kind: "string", text: value, at: partAt, broken: false, ...(bytes ? { bytes } : {}) });
    value = "";
  };
  while (at < end) {
    const code = source.charCodeAt(at);
    if (code === quoteCode && (!triple || source.startsWith(closing, at))) break;
    if (code === 0x0a && !triple) break;
    if (code === 0x5c) {
      value += source.slice(from, at);
      if (raw) {
        value += source.slice(at, at + 2);
        at += 2;
      } else {
        const [meant, next] = pythonEscape(source, at);
        value += meant;
        at = next;
      }
      from = at;
    } else if (formatted && code === 0x7b && source.charCodeAt(at + 1) === 0x7b) {
      value += source.slice(from, at + 1);
      at += 2;
      from = at;
    } else if (formatted && code === 0x7d && source.charCodeAt(at + 1) === 0x7d) {
      value += source.slice(from, at + 1);
      at += 2;
      from = at;
    } else if (formatted && code === 0x7b) {
      value += source.slice(from, at);
      const close = substitutionEnd(source, at + 1, end, closing);
      if (parts === 0) tokens.push({ kind: "punct", text: "(", at: start, broken: false });
      parts += 1;
      flush();
      tokens.push({ kind: "punct", text: "+", at, broken: false }, { kind: "punct", text: "(", at, broken: false });
      scan(source, at + 1, close, tokens, depth + 1);
      tokens.push({ kind: "punct", text: ")", at: close, broken: false });
      tokens.push({ kind: "punct", text: "+", at: close, broken: false });
      at = source[close] === "}" ? close + 1 : close;
      partAt = close;
      from = at;
    } else at += 1;
  }
  const stop = Math.min(at, end);
  value += source.slice(from, stop);
  flush();
  if (parts > 0) tokens.push({ kind: "punct", text: ")", at: stop, broken: false });
  return source.startsWith(closing, stop) && stop < end ? stop + closing.length : Math.max(stop, quoteAt + 1);
}

/** Where the braces of a substitution close, or its text ends. */
function substitutionEnd(source: string, start: number, end: number, closing: string): number {
  let depth = 0;
  let at = start;
  for (; at < end; at++) {
    const character = source[at] as string;
    if (character === "{" || character === "[" || character === "(") depth += 1;
    else if (character === "]" || character === ")") depth -= 1;
    else if (character === "}") {
      if (depth <= 0) return at;
      depth -= 1;
    } else if (character === "\n" && closing.length === 1) return at;
    else if (closing.length === 1 && character === closing && depth <= 0) return at;
    else if (closing.length === 3 && source.startsWith(closing, at)) return at;
  }
  return at;
}

function pythonEscape(source: string, at: number): [string, number] {
  const next = source[at + 1];
  if (next === "a") return ["\x07", at + 2];
  if (next === "U") return hexEscape(source, at + 2, 8) ?? ["\\U", at + 2];
  if (next === "u" && source[at + 2] === "{") return ["\\u", at + 2];
  if (next === "N" && source[at + 2] === "{") {
    const close = source.indexOf("}", at + 3);
    return close < 0 || close - at > 80 ? ["\\N", at + 2] : ["?", close + 1];
  }
  const known = next !== undefined && "\n\r\\'\"abfnrtv01234567xu".includes(next);
  return known ? escapeAt(source, at) : [`\\${next ?? ""}`, at + 2];
}
