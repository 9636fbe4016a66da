/** The `.env` file beside a Compose file, from which Compose fills in variables, read as compose-go's dotenv reads it. */
import { type ComposeVariables, expandCompose } from "./interpolate.ts";

type Variables = Map<string, string | undefined>;

/** What Go calls white space. */
const SPACES = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/y;
const TRAILING_SPACE = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;
/** The same within a line. */
const BLANKS = /[\t\v\f\r \x85\xa0]*/y;
const EXPORT = /export(?=[\t\n\f\r ])[\t\v\f\r \x85\xa0]*/y;
/** Up to what ends it: of several words Compose refuses all. */
const KEY = /([\p{L}\p{N}_.\-[\]\t\v\f\r \x85\xa0]*)([=:\n])/uy;

/**
 * Name → value, undefined where it is not certain: it takes what nothing here sets, or is the environment's. A name may be any
 * text that Compose takes for one.
 *
 * @returns `unknown` where Compose refuses the file
 */
export function readEnvFile(text: string): ComposeVariables {
  const variables: Variables = new Map();
  let at = text.startsWith("\ufeff") ? 1 : 0;
  for (;;) {
    at = behind(SPACES, text, at);
    if (at >= text.length) return variables;
    if (text[at] === "#") {
      at = endOfLine(text, at);
      continue;
    }
    const found = keyAt(text, behind(EXPORT, text, at));
    if (found === undefined) return "unknown";
    const { key, isInherited, end } = found;
    const value = isInherited ? { text: undefined, end } : valueAt(text, end, variables);
    if (value === undefined) return "unknown";
    variables.set(key, value.text);
    at = value.end;
  }
}

interface Key {
  readonly key: string;
  /** Only its name stands there. */
  readonly isInherited: boolean;
  /** Where the value begins, or what is behind. */
  readonly end: number;
}

/** @returns undefined for what is none, and for one that the file ends behind: Compose takes it for the value of a nameless one */
function keyAt(text: string, at: number): Key | undefined {
  KEY.lastIndex = at;
  const [, name, sign] = KEY.exec(text) ?? [];
  if (name === undefined) return undefined;
  const key = name.slice(0, lengthTrimmed(name));
  if (key.includes(" ") || (key === "" && sign !== "\n")) return undefined;
  return { key, isInherited: sign === "\n", end: behind(BLANKS, text, at + name.length + 1) };
}

interface Value {
  readonly text: string | undefined;
  readonly end: number;
}

function valueAt(text: string, at: number, variables: Variables): Value | undefined {
  const quote = text[at];
  if (quote !== '"' && quote !== "'") {
    const end = endOfLine(text, at);
    const line = text.slice(at, end);
    const comment = line.indexOf(" #");
    const stated = comment < 0 ? line : line.slice(0, comment);
    return expanded(stated.slice(0, lengthTrimmed(stated)), end + 1, variables);
  }
  const quoted = quotedAt(text, at);
  if (quoted === undefined || quote === "'") return quoted;
  const { text: inner = "", end } = quoted;
  const unescaped = withoutEscapes(inner);
  return unescaped === undefined ? { text: undefined, end } : expanded(unescaped, end, variables);
}

/** With all escapes but those of the quote itself. @returns undefined where it does not end */
function quotedAt(text: string, at: number): Value | undefined {
  const quote = text[at];
  let inner = "";
  for (let place = at + 1; place < text.length; place++) {
    const sign = text[place];
    if (sign === quote) return { text: inner, end: place + 1 };
    if (sign !== "\\") {
      inner += sign;
      continue;
    }
    place++;
    inner += text[place] === quote ? quote : `\\${text[place]}`;
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\a": "\x07",
  "\\b": "\b",
  "\\f": "\f",
  "\\n": "\n",
  "\\r": "\r",
  "\\t": "\t",
  "\\v": "\v",
  "\\\\": "\\",
  '\\"': '"',
  // The dollar of no variable.
  "\\$": "$$",
};

/** @returns undefined for octal ones, which versions of Compose read differently */
function withoutEscapes(text: string): string | undefined {
  if (/\\0/.test(text)) return undefined;
  return text.replace(/\\[abfnrtv$"\\]/g, (pair) => ESCAPES[pair] ?? pair);
}

function expanded(stated: string, end: number, variables: Variables): Value | undefined {
  const { text, unresolved, invalid } = expandCompose(stated, variables);
  if (invalid) return undefined;
  return { text: unresolved.length === 0 ? text : undefined, end };
}

function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function lengthTrimmed(text: string): number {
  let length = text.length;
  while (length > 0 && TRAILING_SPACE.test(text[length - 1] as string)) length--;
  return length;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}
