import { giveUp, type Lines, refuseDepth } from "./lines.ts";
import type { YamlEntry, YamlMap, YamlNode, YamlScalar, YamlSequence } from "./model.ts";
import { quotedAt } from "./quoted.ts";
import { keyText, resolvePlain } from "./scalars.ts";

const OPEN_MAP = 123;
const CLOSE_MAP = 125;
const OPEN_SEQUENCE = 91;
const CLOSE_SEQUENCE = 93;
const COMMA = 44;
const COLON = 58;
const HASH = 35;
const QUESTION = 63;

interface Flow {
  readonly text: string;
  readonly end: number;
  /** What lines within must be indented more than. */
  readonly parentIndent: number;
  at: number;
}

/** A collection in braces or brackets: all of JSON, too. */
export function flowAt({ text, end }: Lines, offset: number, parentIndent: number, depth: number): YamlNode {
  return collection({ text, end, parentIndent, at: offset }, depth);
}

function collection(flow: Flow, depth: number): YamlMap | YamlSequence {
  refuseDepth(depth);
  return flow.text.charCodeAt(flow.at) === OPEN_MAP ? map(flow, depth) : sequence(flow, depth);
}

function map(flow: Flow, depth: number): YamlMap {
  const start = flow.at++;
  const entries: YamlEntry[] = [];
  for (;;) {
    if (skip(flow) === CLOSE_MAP) break;
    const key = scalar(flow);
    const quoted = isQuote(flow.text.charCodeAt(key.start));
    // A key that is a text only in quotes may be followed by a colon without a space.
    if (skip(flow) !== COLON) giveUp();
    flow.at++;
    if (!quoted && (key.value === "<<" || !isSpace(flow.text.charCodeAt(flow.at)))) giveUp();
    const first = skip(flow);
    if (first === COMMA || first === CLOSE_MAP) giveUp();
    entries.push({
      key: typeof key.value === "string" ? key.value : (keyText(flow.text.slice(key.start, key.end)) ?? giveUp()),
      keyStart: key.start,
      keyEnd: key.end,
      value: value(flow, depth),
    });
    const next = skip(flow);
    if (next === COMMA) flow.at++;
    else if (next !== CLOSE_MAP) giveUp();
  }
  flow.at++;
  return { kind: "map", entries, start, end: flow.at };
}

function sequence(flow: Flow, depth: number): YamlSequence {
  const start = flow.at++;
  const items: YamlNode[] = [];
  for (;;) {
    const first = skip(flow);
    if (first === CLOSE_SEQUENCE) break;
    if (first === COMMA) giveUp();
    items.push(value(flow, depth));
    const next = skip(flow);
    if (next === COMMA) flow.at++;
    else if (next !== CLOSE_SEQUENCE) giveUp();
  }
  flow.at++;
  return { kind: "sequence", items, start, end: flow.at };
}

function value(flow: Flow, depth: number): YamlNode {
  const first = flow.text.charCodeAt(flow.at);
  return first === OPEN_MAP || first === OPEN_SEQUENCE ? collection(flow, depth + 1) : scalar(flow);
}

function scalar(flow: Flow): YamlScalar {
  const { text, end, at: start } = flow;
  if (isQuote(text.charCodeAt(start))) {
    const quoted = quotedAt(text, start, end, flow.parentIndent);
    flow.at = quoted.end;
    return quoted;
  }
  const first = text[start] ?? "";
  if (!PLAIN_START.test(first) || (first === "-" && isPlainEnd(text.charCodeAt(start + 1)))) giveUp();
  let at = start;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || isBracket(code) || code === 10 || code === 13 || code === 9) break;
    if (code === COLON && isPlainEnd(text.charCodeAt(at + 1))) break;
    // It begins a key to YAML 1.1, wherever it is.
    if (code === QUESTION) giveUp();
    if (code === HASH && text.charCodeAt(at - 1) === 32) break;
  }
  flow.at = at;
  while (at > start && text.charCodeAt(at - 1) === 32) at--;
  if (at === start) giveUp();
  return { kind: "scalar", value: resolvePlain(text.slice(start, at)), start, end: at };
}

/** Indicators are the slow reader's; `-` and `.` begin numbers. */
const PLAIN_START = /^[^\s,[\]{}#&*!|>'"%@`?:-]$|^-$/;

/** Past white space and comments; answers the character there. */
function skip(flow: Flow): number {
  const { text, end } = flow;
  for (; flow.at < end; flow.at++) {
    const code = text.charCodeAt(flow.at);
    if (code === HASH) {
      if (!isSpace(text.charCodeAt(flow.at - 1))) giveUp();
      const lineEnd = text.indexOf("\n", flow.at);
      flow.at = (lineEnd < 0 ? end : lineEnd) - 1;
    } else if (code === 10) {
      if (flow.parentIndent >= 0) indented(flow);
    } else if ((code === 9 && flow.parentIndent >= 0) || (code === 13 && text.charCodeAt(flow.at + 1) !== 10)) giveUp();
    else if (!isSpace(code)) return code;
  }
  return giveUp();
}

/** The line after this line feed must be blank or indented enough. */
function indented(flow: Flow): void {
  let at = flow.at + 1;
  while (flow.text.charCodeAt(at) === 32) at++;
  const code = flow.text.charCodeAt(at);
  if (code !== 10 && code !== 13 && at - flow.at - 1 <= flow.parentIndent) giveUp();
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39;
}

function isBracket(code: number): boolean {
  return code === OPEN_MAP || code === CLOSE_MAP || code === OPEN_SEQUENCE || code === CLOSE_SEQUENCE;
}

function isPlainEnd(code: number): boolean {
  return Number.isNaN(code) || isSpace(code) || code === COMMA || isBracket(code);
}
