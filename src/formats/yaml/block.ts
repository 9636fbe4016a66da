/**
 * The one reader of YAML: block mappings and sequences, explicit keys, flow collections (and with them JSON), plain and
 * quoted scalars, literal and folded blocks, comments. Anchors, aliases, tags and collections as keys are refused. What is
 * made of it is the composer's: nodes with places for Kubernetes, texts for lockfiles.
 */
import { blockScalarAt } from "./block-scalar.ts";
import type { Composer } from "./composer.ts";
import { flowAt } from "./flow.ts";
import {
  advance,
  countValue,
  endValue,
  isWhite,
  type Lines,
  linesOf,
  reenter,
  refuseDepth,
  skipWhite,
} from "./lines.ts";
import { plainAt, refuseIndicator } from "./plain.ts";
import { closingQuote, isQuote, quotedAt, unescaped } from "./quoted.ts";

const TAB = 9;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const PERCENT = 37;
const DASH = 45;
const COLON = 58;
const GREATER = 62;
const QUESTION = 63;
const OPEN_SEQUENCE = 91;
const OPEN_MAP = 123;
const BAR = 124;

/** Longer keys YAML takes behind a question mark alone. */
const KEY_LENGTH = 1024;

/**
 * One document, without the markers around it; `\r` stands before a line feed alone. Undefined where it holds nothing.
 *
 * @param start - of a line
 */
export function composeDocument<V, M extends V, S extends V>(
  text: string,
  start: number,
  end: number,
  to: Composer<V, M, S>,
): V | undefined {
  const lines = linesOf(text, start, end, to);
  // Directives.
  while (!lines.done && lines.indent === 0 && text.charCodeAt(lines.content) === PERCENT) {
    to.doubt(lines.content);
    advance(lines);
  }
  if (lines.done) return undefined;
  countValue(lines, lines.content);
  const value = block(lines, to, -1, 1);
  if (!lines.done) to.refuse(lines.content, "a line is indented less than those before it");
  return value;
}

/** What begins in the current line, which is indented more than `parentIndent`. */
function block<V, M extends V, S extends V>(
  lines: Lines,
  to: Composer<V, M, S>,
  parentIndent: number,
  depth: number,
): V {
  refuseDepth(lines, depth, lines.content);
  if (isItem(lines)) return sequence(lines, to, depth);
  const key = keyAt(lines);
  return key === undefined && !isMarked(lines, QUESTION)
    ? inline(lines, to, lines.content, parentIndent, depth)
    : mapping(lines, to, key, depth);
}

function isItem(lines: Lines): boolean {
  return isMarked(lines, DASH);
}

/** Whether the current line begins with this mark and a space behind it. */
function isMarked({ text, content, contentEnd }: Lines, mark: number): boolean {
  return text.charCodeAt(content) === mark && (content + 1 >= contentEnd || text.charCodeAt(content + 1) === SPACE);
}

/** The key that the current line begins with, if it does; its end and what is behind its colon are left in `lines`. */
function keyAt(lines: Lines): string | undefined {
  const { text, content, contentEnd, rules } = lines;
  const first = text.charCodeAt(content);
  if (isQuote(first)) {
    // A quoted scalar that goes over its line is no key.
    const close = closingQuote(text, content, contentEnd);
    if (close < 0) return undefined;
    const at = skipWhite(lines, close + 1, contentEnd);
    if (at >= contentEnd || text.charCodeAt(at) !== COLON) return undefined;
    if (at + 1 < contentEnd && !isWhite(text.charCodeAt(at + 1))) rules.refuse(at, "no space stands behind a key");
    lines.keyEnd = close + 1;
    lines.keyAfter = at + 1;
    return unescaped(lines, content + 1, text.slice(content + 1, close), first === DOUBLE_QUOTE);
  }
  if (isOpening(first) || (first === QUESTION && isMarked(lines, QUESTION))) return undefined;
  for (let at = content; at < contentEnd; at++) {
    const code = text.charCodeAt(at);
    if (code > COLON) continue;
    if (code === TAB) rules.doubt(at);
    else if (code === HASH) {
      if (isWhite(text.charCodeAt(at - 1))) return undefined;
    } else if (code === COLON && (at + 1 >= contentEnd || isWhite(text.charCodeAt(at + 1)))) {
      if (refuseIndicator(lines, content, contentEnd) || at - content > KEY_LENGTH) rules.doubt(content);
      let end = at;
      while (isWhite(text.charCodeAt(end - 1))) end--;
      lines.keyEnd = end;
      lines.keyAfter = at + 1;
      return rules.key(text.slice(content, end), content);
    }
  }
  return undefined;
}

/** @param firstKey - that of the current line, which {@link keyAt} found; undefined where that is explicit */
function mapping<V, M extends V, S extends V>(
  lines: Lines,
  to: Composer<V, M, S>,
  firstKey: string | undefined,
  depth: number,
): V {
  const { indent } = lines;
  const map = to.map(lines.content);
  let key = firstKey;
  for (;;) {
    const start = lines.content;
    countValue(lines, start);
    if (key !== undefined) {
      const { keyEnd } = lines;
      to.put(map, key, start, keyEnd, valueAfter(lines, to, lines.keyAfter, indent, depth, OF_KEY));
    } else if (isMarked(lines, QUESTION)) explicitEntry(lines, to, map, depth);
    else to.refuse(start, "a line has no key");
    if (lines.done || lines.indent < indent) break;
    if (lines.indent > indent || isItem(lines)) to.refuse(lines.content, "a line is indented as none before it");
    key = keyAt(lines);
  }
  to.close(map, lines.valueEnd);
  return map;
}

/** `? key`, and in a line of its own `: value`, which may be missing. */
function explicitEntry<V, M extends V, S extends V>(lines: Lines, to: Composer<V, M, S>, map: M, depth: number): void {
  const { text, indent } = lines;
  to.explicitKey(lines.content);
  let start = skipWhite(lines, lines.content + 1, lines.contentEnd);
  if (start >= lines.contentEnd || text.charCodeAt(start) === HASH) {
    to.doubt(start);
    advance(lines);
    if (lines.done || lines.indent <= indent) to.refuse(start, "an explicit key is empty");
    start = lines.content;
  } else reenter(lines, start);
  if (isItem(lines) || isMarked(lines, QUESTION) || isOpening(text.charCodeAt(start)) || keyAt(lines) !== undefined) {
    to.refuse(start, "a key is no text");
  }
  const { contentEnd } = lines;
  const written = scalarAt(lines, start, indent);
  const keyEnd = lines.valueEnd;
  if (keyEnd > contentEnd) to.doubt(start);
  const key = lines.isPlain ? to.key(written, start) : written;
  const hasValue = lines.indent === indent && isMarked(lines, COLON);
  const value = hasValue
    ? valueAfter(lines, to, lines.content + 1, indent, depth, OF_EXPLICIT_KEY)
    : nothing(lines, to, keyEnd);
  to.put(map, key, start, keyEnd, value);
}

function sequence<V, M extends V, S extends V>(lines: Lines, to: Composer<V, M, S>, depth: number): V {
  const { indent } = lines;
  const items = to.sequence(lines.content);
  while (!lines.done && lines.indent === indent && isItem(lines)) {
    countValue(lines, lines.content);
    to.push(items, valueAfter(lines, to, lines.content + 1, indent, depth, OF_ITEM));
  }
  if (!lines.done && lines.indent > indent) to.refuse(lines.content, "a line is indented as none before it");
  to.close(items, lines.valueEnd);
  return items;
}

/** Behind a key a collection begins in a line of its own; an item's does not stand right below its dash. */
const OF_KEY = 0;
const OF_ITEM = 1;
const OF_EXPLICIT_KEY = 2;

/** What follows a key's colon or an item's dash: in its line, or in lines that are indented more. */
function valueAfter<V, M extends V, S extends V>(
  lines: Lines,
  to: Composer<V, M, S>,
  after: number,
  indent: number,
  depth: number,
  of: typeof OF_KEY | typeof OF_ITEM | typeof OF_EXPLICIT_KEY,
): V {
  const at = skipWhite(lines, after, lines.contentEnd);
  if (at < lines.contentEnd && lines.text.charCodeAt(at) !== HASH) {
    if (of === OF_KEY) return inline(lines, to, at, indent, depth);
    reenter(lines, at);
    if (isItem(lines)) return nested(lines, to, depth);
    const key = keyAt(lines);
    if (key === undefined && !isMarked(lines, QUESTION)) return inline(lines, to, at, indent, depth);
    refuseDepth(lines, depth + 1, at);
    return mapping(lines, to, key, depth + 1);
  }
  advance(lines);
  if (!lines.done && lines.indent > indent) return block(lines, to, indent, depth + 1);
  // The items of a key's sequence may stand right below it.
  if (of !== OF_ITEM && !lines.done && lines.indent === indent && isItem(lines)) return nested(lines, to, depth);
  return nothing(lines, to, after);
}

function nothing<V, M extends V, S extends V>(lines: Lines, to: Composer<V, M, S>, offset: number): V {
  lines.valueEnd = offset;
  return to.nothing(offset);
}

function nested<V, M extends V, S extends V>(lines: Lines, to: Composer<V, M, S>, depth: number): V {
  refuseDepth(lines, depth + 1, lines.content);
  return sequence(lines, to, depth + 1);
}

function isOpening(code: number): boolean {
  return code === OPEN_MAP || code === OPEN_SEQUENCE;
}

/** A scalar or flow collection that begins in the current line; moves on past it. */
function inline<V, M extends V, S extends V>(
  lines: Lines,
  to: Composer<V, M, S>,
  offset: number,
  parentIndent: number,
  depth: number,
): V {
  if (isOpening(lines.text.charCodeAt(offset))) {
    const value = flowAt(lines, to, offset, parentIndent >= 0, depth + 1);
    endValue(lines, lines.valueEnd);
    return value;
  }
  const text = scalarAt(lines, offset, parentIndent);
  return lines.isPlain ? to.plain(text, offset, lines.valueEnd) : to.text(text, offset, lines.valueEnd);
}

/** The same of a scalar: its text; its end and whether it is plain are left in `lines`. */
function scalarAt(lines: Lines, offset: number, parentIndent: number): string {
  const first = lines.text.charCodeAt(offset);
  if (isQuote(first)) {
    const text = quotedAt(lines, offset);
    endValue(lines, lines.valueEnd);
    return text;
  }
  return first === BAR || first === GREATER
    ? blockScalarAt(lines, offset, parentIndent)
    : plainAt(lines, offset, parentIndent);
}
