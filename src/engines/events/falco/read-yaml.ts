/**
 * The YAML of rule files, as upstream sees it (yaml-cpp): all scalars are texts, of a key that is there twice the first
 * counts, aliases stand for what they name. Each value knows its place.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Scalar, type YAMLParseError } from "yaml";
import { libraryDocuments } from "../../../formats/yaml/library.ts";
import { bounds } from "../bounds.ts";
import type { Place, RuleText } from "./model.ts";

export type RuleNode = RuleScalar | RuleSequence | RuleMapping | RuleNull;

export interface RuleScalar {
  readonly kind: "scalar";
  readonly text: string;
  readonly at: number;
  /** Where the source ends that it was read from. */
  readonly end: number;
  readonly file: RuleFile;
}

export interface RuleSequence {
  readonly kind: "sequence";
  readonly items: readonly RuleNode[];
  readonly at: number;
  readonly file: RuleFile;
}

export interface RuleMapping {
  readonly kind: "mapping";
  readonly entries: ReadonlyMap<string, RuleNode>;
  /** Where each key stands. */
  readonly keys: ReadonlyMap<string, number>;
  /** Keys that are there again; the first counts. */
  readonly again: readonly { readonly key: string; readonly at: number }[];
  readonly at: number;
  readonly file: RuleFile;
}

export interface RuleNull {
  readonly kind: "null";
  readonly at: number;
  readonly file: RuleFile;
}

/** A file's text with its lines: places are worked out when somebody asks. */
export interface RuleFile {
  readonly name: string;
  readonly text: string;
  readonly lines: LineCounter;
}

export interface YamlProblem {
  readonly message: string;
  readonly at: number;
}

/** What one file holds: its documents, of which those that hold nothing are null nodes. */
export type ReadYaml =
  | { readonly file: RuleFile; readonly documents: readonly RuleNode[] }
  | { readonly file: RuleFile; readonly problem: YamlProblem };

export function readRuleYaml({ name, text }: RuleText): ReadYaml {
  const lines = new LineCounter();
  const file: RuleFile = { name, text, lines };
  if (text.length > bounds.ruleFileBytes)
    return { file, problem: { message: `file is over ${bounds.ruleFileBytes} bytes`, at: 0 } };
  const documents = libraryDocuments(text, { schema: "failsafe", lineCounter: lines });
  if (documents === undefined) return { file, problem: { message: "nested too deeply", at: 0 } };
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) return { file, problem: problemOf(error, text) };
  }
  const conversion: Conversion = { file, nodes: 0, depth: 0, anchors: new Map() };
  try {
    return {
      file,
      documents: documents.map((document) => {
        conversion.anchors.clear();
        return convert(conversion, document.contents as Node | null, 0);
      }),
    };
  } catch (error) {
    if (error instanceof Refusal) return { file, problem: { message: error.message, at: error.at } };
    throw error;
  }
}

/** In yaml-cpp's words where upstream's suites compare them. */
function problemOf({ code, message, pos: [at] }: YAMLParseError, text: string): YamlProblem {
  // What the library says where its recursion came to an end.
  if (/call stack/.test(message)) return { message: "nested too deeply", at };
  if (code !== "BLOCK_AS_IMPLICIT_KEY") return { message: message.replace(/\.$/, ""), at };
  const colon = text.slice(at).search(/:(?:\s|$)/);
  return { message: "illegal map value", at: colon < 0 ? at : at + colon };
}

class Refusal extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

interface Conversion {
  readonly file: RuleFile;
  nodes: number;
  depth: number;
  readonly anchors: Map<string, Node>;
}

/** Deeper than exceptions' values go, by far. */
const MOST_DEPTH = 32;

function convert(conversion: Conversion, node: Node | null, at: number): RuleNode {
  const { file } = conversion;
  const from = node?.range?.[0] ?? at;
  if (++conversion.nodes > bounds.ruleFileNodes)
    throw new Refusal(`file holds more than ${bounds.ruleFileNodes} values, aliases counted as what they name`, from);
  if (node === null) return { kind: "null", at: from, file };
  if (isAlias(node)) {
    const target = conversion.anchors.get(node.source);
    if (target === undefined) throw new Refusal(`alias '${node.source}' names no anchor before it`, from);
    return convert(conversion, target, from);
  }
  if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined)
    conversion.anchors.set(node.anchor, node);
  if (isScalar(node)) return convertScalar(file, node, from);
  if (++conversion.depth > MOST_DEPTH) throw new Refusal("nested too deeply", from);
  try {
    if (isSeq(node))
      return {
        kind: "sequence",
        items: node.items.map((item) => convert(conversion, item as Node | null, from)),
        at: from,
        file,
      };
    if (isMap(node)) return convertMapping(conversion, node.items as readonly { key: unknown; value: unknown }[], from);
  } finally {
    conversion.depth--;
  }
  throw new Refusal("a value of an unknown form", from);
}

function convertMapping(
  conversion: Conversion,
  pairs: readonly { readonly key: unknown; readonly value: unknown }[],
  at: number,
): RuleMapping {
  const entries = new Map<string, RuleNode>();
  const keys = new Map<string, number>();
  const again: { key: string; at: number }[] = [];
  for (const pair of pairs) {
    const key = pair.key as Node | null;
    const keyAt = key?.range?.[0] ?? at;
    const name = isScalar(key) ? String(key.value) : "";
    const value = convert(conversion, pair.value as Node | null, key?.range?.[1] ?? keyAt);
    if (entries.has(name)) again.push({ key: name, at: keyAt });
    else {
      entries.set(name, value);
      keys.set(name, keyAt);
    }
  }
  return { kind: "mapping", entries, keys, again, at, file: conversion.file };
}

const NULLS: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);

function convertScalar(file: RuleFile, node: Scalar, at: number): RuleScalar | RuleNull {
  const text = String(node.value ?? "");
  if ((node.type === undefined || node.type === "PLAIN") && NULLS.has(text)) return { kind: "null", at, file };
  return { kind: "scalar", text, at, end: node.range?.[1] ?? at, file };
}

export function placeIn(file: RuleFile, at: number): Place {
  const { line, col } = file.lines.linePos(at);
  return { file: file.name, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The line of the file that an offset is in, without its line break. */
export function lineIn(file: RuleFile, at: number): string {
  const start = file.text.lastIndexOf("\n", Math.max(0, at - 1)) + 1;
  const from = file.text[at] === "\n" && at === start ? at : start;
  const end = file.text.indexOf("\n", from);
  return file.text.slice(from, Math.min(end < 0 ? file.text.length : end, from + LONGEST_LINE)).replace(/\r$/, "");
}

const LONGEST_LINE = 16_384;

/**
 * Where in the file a character of a scalar's value stands. Plain, folded and literal scalars have the same characters in
 * their source but for white space; in quoted ones the escapes differ, and the place is the nearest that can be told.
 */
export function offsetInSource(scalar: RuleScalar, offset: number): number {
  const source = scalar.file.text.slice(scalar.at, scalar.end);
  const header = /^[|>][^\n]*\n/.exec(source)?.[0].length ?? (/^["']/.test(source) ? 1 : 0);
  const simple = !(source.startsWith('"') && source.includes("\\"));
  if (!simple) return scalar.at + header;
  let black = 0;
  for (let i = 0; i < offset; i++) if (!isWhite(scalar.text.charCodeAt(i))) black++;
  const quote = source.startsWith("'");
  for (let i = header; i < source.length; i++) {
    if (isWhite(source.charCodeAt(i))) continue;
    if (black === 0) return scalar.at + i;
    black--;
    if (quote && source[i] === "'" && source[i + 1] === "'") i++;
  }
  return Math.max(scalar.at, scalar.at + source.trimEnd().length - 1);
}

function isWhite(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
