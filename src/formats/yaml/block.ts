/**
 * Reads what nearly all manifests are written in: block mappings and sequences, flow collections (and with them JSON),
 * plain and quoted scalars, literal and folded blocks, comments. It is exact where it answers and gives up on all else
 * (anchors, aliases, tags, explicit keys, directives, anything wrong), which the slow reader then reads.
 */
import { flowAt } from "./flow.ts";
import { advance, endValue, giveUp, type Lines, linesOf, reenter, refuseDepth, unusual } from "./lines.ts";
import type { DocumentRange, YamlEntry, YamlMap, YamlNode, YamlSequence } from "./model.ts";
import { quotedAt } from "./quoted.ts";
import { blockScalarAt, plainAt } from "./scalar-lines.ts";
import { keyText } from "./scalars.ts";

const SPACE = 32;
const DASH = 45;
const COLON = 58;
const HASH = 35;

/** The document's value; `null` where it holds none, undefined where it is for the slow reader. */
export function fastDocument(text: string, { start, end }: DocumentRange): YamlNode | null | undefined {
  // A line break to Kubernetes, and to the library none everywhere.
  if (/\r(?!\n)/.test(text.slice(start, end))) return undefined;
  try {
    const lines = linesOf(text, start, end);
    if (lines.done) return null;
    const node = block(lines, -1, 1);
    if (!lines.done) giveUp();
    return node;
  } catch (error) {
    if (error === unusual) return undefined;
    throw error;
  }
}

/** What begins in the current line, which is indented more than `parentIndent`. */
function block(lines: Lines, parentIndent: number, depth: number): YamlNode {
  refuseDepth(depth);
  if (isItem(lines)) return sequence(lines, depth);
  const key = keyAt(lines);
  return key === undefined ? inline(lines, lines.content, parentIndent, depth) : mapping(lines, key, depth);
}

function isItem({ text, content, contentEnd }: Lines): boolean {
  return text.charCodeAt(content) === DASH && (content + 1 >= contentEnd || text.charCodeAt(content + 1) === SPACE);
}

interface Key {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** Behind the colon. */
  readonly after: number;
}

/** The key that the current line begins with, if it does. */
function keyAt({ text, content, contentEnd }: Lines): Key | undefined {
  const first = text.charCodeAt(content);
  if (first === 34 || first === 39) {
    const line = text.slice(content, contentEnd);
    // A quoted scalar that goes over its line is no key.
    const close = first === 34 ? closedQuote(line) : line.indexOf("'", 1);
    if (close < 0) return undefined;
    const { value, end } = quotedAt(text, content, contentEnd, -1);
    let at = end;
    while (at < contentEnd && text.charCodeAt(at) === SPACE) at++;
    if (text.charCodeAt(at) !== COLON || at >= contentEnd) return undefined;
    if (at + 1 < contentEnd && text.charCodeAt(at + 1) !== SPACE) giveUp();
    return { key: String(value), start: content, end, after: at + 1 };
  }
  for (let at = content; at < contentEnd; at++) {
    const code = text.charCodeAt(at);
    if (code === 9) giveUp();
    if (code === HASH && text.charCodeAt(at - 1) === SPACE) return undefined;
    if (code !== COLON || (at + 1 < contentEnd && text.charCodeAt(at + 1) !== SPACE)) continue;
    // Indicators begin what is no plain key; `<<` is a merge.
    if (at === content || INDICATOR.test(text[content] ?? "") || at - content > 1024) giveUp();
    let end = at;
    while (text.charCodeAt(end - 1) === SPACE) end--;
    const key = text.slice(content, end);
    if (key === "<<") giveUp();
    return { key: MAY_BE_TYPED.test(key) ? (keyText(key) ?? giveUp()) : key, start: content, end, after: at + 1 };
  }
  return undefined;
}

const INDICATOR = /^[\s,[\]{}#&*!|>'"%@`?:-]$/;

/** What YAML might take for something else than a text. */
const MAY_BE_TYPED = /^(?:[-+.0-9~].*|[yYnNtTfFoO][a-zA-Z]{0,4})$/;

function closedQuote(line: string): number {
  for (let at = 1; at < line.length; at++) {
    if (line[at] === '"') return at;
    if (line[at] === "\\") at++;
  }
  return -1;
}

function mapping(lines: Lines, firstKey: Key, depth: number): YamlMap {
  const { indent } = lines;
  const entries: YamlEntry[] = [];
  let key: Key | undefined = firstKey;
  for (;;) {
    if (key === undefined) giveUp();
    const { key: name, start, end, after } = key as Key;
    const value = valueAfter(lines, after, indent, depth, true);
    entries.push({ key: name, keyStart: start, keyEnd: end, value });
    if (lines.done || lines.indent < indent) break;
    if (lines.indent > indent || isItem(lines)) giveUp();
    key = keyAt(lines);
  }
  return { kind: "map", entries, start: firstKey.start, end: entries.at(-1)?.value.end ?? firstKey.end };
}

function sequence(lines: Lines, depth: number): YamlSequence {
  const { indent, content: start } = lines;
  const items: YamlNode[] = [];
  while (!lines.done && lines.indent === indent && isItem(lines)) {
    items.push(valueAfter(lines, lines.content + 1, indent, depth, false));
  }
  if (!lines.done && lines.indent > indent) giveUp();
  return { kind: "sequence", items, start, end: items.at(-1)?.end ?? start };
}

/** What follows a key's colon or an item's dash: in its line, or in lines that are indented more. */
function valueAfter(lines: Lines, after: number, indent: number, depth: number, ofKey: boolean): YamlNode {
  const { text } = lines;
  let at = after;
  while (at < lines.contentEnd && text.charCodeAt(at) === SPACE) at++;
  if (text.charCodeAt(at) === 9) giveUp();
  const empty = at >= lines.contentEnd || text.charCodeAt(at) === HASH;
  if (!empty) {
    if (ofKey) return inline(lines, at, indent, depth);
    reenter(lines, at);
    if (isItem(lines)) return nested(lines, depth);
    const key = keyAt(lines);
    if (key === undefined) return inline(lines, at, indent, depth);
    refuseDepth(depth + 1);
    return mapping(lines, key, depth + 1);
  }
  advance(lines);
  if (!lines.done && lines.indent > indent) return block(lines, indent, depth + 1);
  // The items of a key's sequence may stand right below it.
  if (ofKey && !lines.done && lines.indent === indent && isItem(lines)) return nested(lines, depth);
  return { kind: "scalar", value: null, start: after, end: after };
}

function nested(lines: Lines, depth: number): YamlSequence {
  refuseDepth(depth + 1);
  return sequence(lines, depth + 1);
}

/** A scalar or flow collection that begins in the current line; moves on past it. */
function inline(lines: Lines, offset: number, parentIndent: number, depth: number): YamlNode {
  switch (lines.text[offset]) {
    case "{":
    case "[": {
      const node = flowAt(lines, offset, parentIndent, depth + 1);
      endValue(lines, node.end);
      return node;
    }
    case '"':
    case "'": {
      const node = quotedAt(lines.text, offset, lines.end, parentIndent);
      endValue(lines, node.end);
      return node;
    }
    case "|":
    case ">":
      return blockScalarAt(lines, offset, parentIndent);
    default:
      return plainAt(lines, offset, parentIndent);
  }
}
