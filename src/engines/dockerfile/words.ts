/** Splitting an instruction's arguments into words: by space, with quotes, or as a JSON array. */
import { expand, type Lookup } from "./expand.ts";
import { isSpace } from "./lines.ts";
import type { MappedText, Source } from "./mapped-text.ts";
import { mappedText } from "./mapped-text.ts";
import type { Word } from "./model.ts";

/** A stretch of a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Stretches between spaces. */
export function spacedSpans(text: string, from = 0): Span[] {
  const spans: Span[] = [];
  let at = from;
  while (at < text.length) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    const start = at;
    while (at < text.length && !isSpace(text.charCodeAt(at))) at++;
    if (at > start) spans.push({ start, end: at });
  }
  return spans;
}

/** Stretches between spaces that no quote holds and no escape precedes (BuildKit, `parseWords`). */
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
  const raw = text.text.slice(start, end);
  const range = text.range(start, end);
  if (lookup === undefined) return { raw, text: raw, value: raw, variables: [], range };
  const { text: bare, value, variables } = expand(raw, escapeCharacter, lookup);
  return { raw, text: bare, ...(value === undefined ? {} : { value }), variables, range };
}

/**
 * The JSON array of strings that the text from `from` on is; undefined where it is none, and Docker then reads the
 * text as a shell's.
 */
export function jsonWords(text: MappedText, from: number, lookup?: Lookup, escapeCharacter = "\\"): Word[] | undefined {
  const written = text.text;
  let start = from;
  while (start < written.length && isSpace(written.charCodeAt(start))) start++;
  if (written[start] !== "[") return undefined;
  let values: unknown;
  try {
    values = JSON.parse(written.slice(start));
  } catch {
    return undefined;
  }
  if (!Array.isArray(values) || !values.every((value) => typeof value === "string")) return undefined;
  // It is valid JSON, so every quote that no backslash precedes opens or closes one of the strings.
  const words: Word[] = [];
  let at = start;
  for (const value of values as string[]) {
    const open = written.indexOf('"', at);
    let close = open + 1;
    while (written[close] !== '"') close += written[close] === "\\" ? 2 : 1;
    at = close + 1;
    const raw = written.slice(open, at);
    const range = text.range(open, at);
    if (lookup === undefined) words.push({ raw, text: value, value, variables: [], range });
    else {
      const expanded = expand(value, escapeCharacter, lookup);
      const known = expanded.value === undefined ? {} : { value: expanded.value };
      words.push({ raw, text: expanded.text, ...known, variables: expanded.variables, range });
    }
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
    builder.replace(JSON.parse(`"${word.raw.slice(at, at + length)}"`) as string, start + at, start + at + length);
    at += length - 1;
    plain = at + 1;
  }
  builder.copy(start + plain, start + word.raw.length - 1);
  return builder.build();
}
