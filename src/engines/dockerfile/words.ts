/** Splitting an instruction's arguments into words: by space, with quotes, or as a JSON array. */
import { parseJson } from "../../core/parse-json.ts";
import { expand, type Lookup } from "./expand.ts";
import type { MappedText, Source } from "./mapped-text.ts";
import { mappedText } from "./mapped-text.ts";
import type { SourceRange, Word } from "./model.ts";
import { isBlank, isSpace, skipSpace } from "./white-space.ts";

/** A stretch of a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Stretches between blanks. */
export function spacedSpans(text: string, from = 0): Span[] {
  const spans: Span[] = [];
  let at = from;
  while (at < text.length) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    const start = at;
    while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
    if (at > start) spans.push({ start, end: at });
  }
  return spans;
}

/** Stretches between white space that no quote holds and no escape precedes (BuildKit, `parseWords`). */
export function quotedSpans(text: string, escapeCharacter: string, from = 0): Span[] {
  const spans: Span[] = [];
  let at = from;
  while (at < text.length) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (at >= text.length) break;
    const start = at;
    at = endOfQuoted(text, escapeCharacter, at);
    spans.push({ start, end: at });
  }
  return spans;
}

function endOfQuoted(text: string, escapeCharacter: string, from: number): number {
  let at = from;
  let quote = "";
  while (at < text.length) {
    const character = text[at] as string;
    if (quote === "" && isSpace(text.charCodeAt(at))) break;
    // Within single quotes Docker's splitter keeps the escape's meaning only for the other two.
    if (character === escapeCharacter && quote !== "'") at++;
    else if (quote === "" && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = "";
    at++;
  }
  return Math.min(at, text.length);
}

/** The stretch as a word; `lookup` where Docker expands variables there. */
export function wordAt(text: MappedText, { start, end }: Span, escapeCharacter: string, lookup?: Lookup): Word {
  const written = text.text.slice(start, end);
  return wordOf(written, written, text.range(start, end), escapeCharacter, lookup);
}

/** @param meant - the text that Docker expands, once what is around it is taken off */
export function wordOf(
  raw: string,
  meant: string,
  range: SourceRange,
  escapeCharacter: string,
  lookup: Lookup | undefined,
): Word {
  if (lookup === undefined) return { raw, text: meant, value: meant, stated: meant, variables: [], range };
  const { text, value, stated, variables, disputed, failure } = expand(meant, escapeCharacter, lookup);
  return {
    raw,
    text,
    ...(value === undefined ? {} : { value }),
    ...(stated === undefined ? {} : { stated }),
    variables,
    ...(disputed ? { disputed } : {}),
    range,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** The JSON array that the text from `from` on begins with, as Go's decoder reads it: what follows it does not count. */
export type JsonArray =
  | { readonly kind: "strings"; readonly values: readonly string[]; readonly end: number }
  /** An array of something else, which Docker refuses. */
  | { readonly kind: "others" };

/** Undefined where it is none, and Docker then reads the text as a shell's or as plain words. */
export function jsonArrayAt(written: string, from: number): JsonArray | undefined {
  const start = skipSpace(written, from);
  if (written[start] !== "[") return undefined;
  const end = endOfArray(written, start);
  if (end === undefined) return undefined;
  let values: unknown;
  try {
    values = parseJson(written.slice(start, end));
  } catch {
    return undefined;
  }
  if (!Array.isArray(values)) return undefined;
  if (values.every((value) => typeof value === "string")) {
    // Half of a surrogate pair is none to Go.
    return { kind: "strings", values: (values as string[]).map((value) => value.toWellFormed()), end };
  }
  return hasHugeNumber(values) ? undefined : { kind: "others" };
}

/** How deep Go's decoder follows. */
const DEEPEST = 10_000;

function endOfArray(written: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < written.length; at++) {
    const character = written[at];
    if (character === '"') {
      at++;
      while (at < written.length && written[at] !== '"') at += written[at] === "\\" ? 2 : 1;
    } else if (character === "[" || character === "{") {
      if (++depth > DEEPEST) return undefined;
    } else if ((character === "]" || character === "}") && --depth === 0) return at + 1;
  }
  return undefined;
}

/** Go refuses a number that no float holds, and Docker then takes the whole for no JSON. */
function hasHugeNumber(value: unknown): boolean {
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === "number" && !Number.isFinite(next)) return true;
    if (typeof next === "object" && next !== null) for (const one of Object.values(next)) pending.push(one);
  }
  return false;
}

/** The words of the array at `from`; undefined where there is no array of strings. */
export function jsonWords(text: MappedText, from: number, lookup?: Lookup, escapeCharacter = "\\"): Word[] | undefined {
  const written = text.text;
  const array = jsonArrayAt(written, from);
  if (array?.kind !== "strings") return undefined;
  // It is valid JSON, so every quote that no backslash precedes opens or closes one of the strings.
  const words: Word[] = [];
  let at = from;
  for (const value of array.values) {
    const open = written.indexOf('"', at);
    let close = open + 1;
    while (written[close] !== '"') close += written[close] === "\\" ? 2 : 1;
    at = close + 1;
    words.push(wordOf(written.slice(open, at), value, text.range(open, at), escapeCharacter, lookup));
  }
  return words;
}

/** What a JSON string says, each of its characters mapped to where it is written. `word.raw` has its quotes. */
export function jsonString(source: Source, word: Word): MappedText {
  const builder = mappedText(source, word.range.start);
  const { start } = word.range;
  // A continuation within the string: no character can be told from where it stands.
  if (word.range.end - start !== word.raw.length) {
    builder.replace(word.text, start, word.range.end);
    return builder.build();
  }
  let plain = 1;
  for (let at = 1; at < word.raw.length - 1; at++) {
    if (word.raw[at] !== "\\") continue;
    builder.copy(start + plain, start + at);
    const length = word.raw[at + 1] === "u" ? 6 : 2;
    builder.replace(parseJson(`"${word.raw.slice(at, at + length)}"`) as string, start + at, start + at + length);
    at += length - 1;
    plain = at + 1;
  }
  builder.copy(start + plain, start + word.raw.length - 1);
  return builder.build();
}
