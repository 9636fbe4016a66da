import type { Node } from "yaml";
import { lineCounter } from "../../formats/position.ts";
import { coreValue } from "../../formats/yaml/core-schema.ts";
import { isAlias, isMap, isScalar, isSeq, libraryDocument, libraryLines } from "../../formats/yaml/library.ts";
import { type PlacedMap, type PlacedNode, readSimple, type ScalarStyle } from "../../formats/yaml/placed.ts";
import { bounds } from "./bounds.ts";
import type { PolicyProblem } from "./policy-problem.ts";

export type Key = string | number;

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML document as plain values, and where each of them stands in the text. */
export interface PolicyDocument {
  readonly value: unknown;
  /** Where the value at this path stands; where there is none, the closest value around it. */
  at(path: readonly Key[]): Position;
  /** Where the key that this path ends with stands. */
  keyAt(path: readonly Key[]): Position;
}

/**
 * Reads one YAML 1.2 document (core schema) and refuses what a policy has no use for and an attacker has: a second
 * document, a key twice, tags of one's own, keys that are no text, aliases that grow without end, and any depth or
 * number of values over its bound.
 */
export function readDocument(text: string, path: string): PolicyDocument | { readonly problems: PolicyProblem[] } {
  return readSimply(text) ?? readByLibrary(text, path);
}

/** As the library reads it, wherever this answers: it is loaded for the few texts that are of another form, or wrong. */
export function readSimply(text: string): PolicyDocument | undefined {
  const root = readSimple(text, { depth: bounds.policyDepth, values: bounds.policyValues });
  if (root?.kind !== "map") return undefined;
  const values = new Map<string, number>();
  const keys = new Map<string, number>();

  /** Undefined where the library is to be asked: blocks of text, what is nothing, and what is wrong. */
  function toValue(node: PlacedNode, path: readonly Key[]): unknown {
    values.set(JSON.stringify(path), node.start);
    if (node.kind === "scalar") {
      return node.type === "null" || BLOCK.has(node.style) ? undefined : coreValue(node);
    }
    if (node.kind === "map") return toMapping(node, path);
    const items = node.items.map((item, index) => toValue(item, [...path, index]));
    return items.includes(undefined) ? undefined : items;
  }

  function toMapping(node: PlacedMap, path: readonly Key[]): Record<string, unknown> | undefined {
    const mapping: Record<string, unknown> = Object.create(null);
    for (const { key, value } of node.entries) {
      const here = [...path, key.text];
      const inner = key.type !== "string" || key.text in mapping ? undefined : toValue(value, here);
      if (inner === undefined) return undefined;
      keys.set(JSON.stringify(here), key.start);
      mapping[key.text] = inner;
    }
    return mapping;
  }

  const value = toValue(root, []);
  if (value === undefined) return undefined;
  const lineAt = lineCounter(text);
  const position = (offset: number): Position => ({
    line: lineAt(offset),
    column: offset - text.lastIndexOf("\n", offset - 1),
  });
  return placed(value, { values, keys, position });
}

const BLOCK: ReadonlySet<ScalarStyle> = new Set(["literal", "folded"]);

interface Places {
  /** Offsets by path, as JSON. */
  readonly values: ReadonlyMap<string, number>;
  readonly keys: ReadonlyMap<string, number>;
  position(offset: number): Position;
}

function placed(value: unknown, { values, keys, position }: Places): PolicyDocument {
  const at = (place: readonly Key[]): Position => {
    for (let length = place.length; length > 0; length--) {
      const offset = values.get(JSON.stringify(place.slice(0, length)));
      if (offset !== undefined) return position(offset);
    }
    return position(values.get("[]") ?? 0);
  };
  const keyAt = (place: readonly Key[]): Position => {
    const offset = keys.get(JSON.stringify(place));
    return offset === undefined ? at(place) : position(offset);
  };
  return { value, at, keyAt };
}

export function readByLibrary(text: string, path: string): PolicyDocument | { readonly problems: PolicyProblem[] } {
  const lines = libraryLines();
  const document = libraryDocument(text, { lineCounter: lines, logLevel: "error" });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = (faults: readonly { readonly offset: number; readonly cause: string }[]) => ({
    problems: faults.slice(0, bounds.policyProblems).map(({ offset, cause }) => ({ path, ...position(offset), cause })),
  });

  if (document === undefined) return problems([{ offset: 0, cause: "not valid YAML: nested too deeply" }]);
  const complaints = [...document.errors, ...document.warnings];
  if (complaints.length > 0) {
    return problems(
      complaints.map(({ pos, code, message }) => ({
        offset: pos[0],
        cause: `not valid YAML: ${causeOf(code, message)}`,
      })),
    );
  }

  const { value, values, keys, faults } = convert(document.contents);
  return faults.length > 0 ? problems(faults) : placed(value, { values, keys, position });
}

function causeOf(code: string, message: string): string {
  if (code === "MULTIPLE_DOCS") return "more than one YAML document";
  if (code === "RESOURCE_EXHAUSTION") return "nested too deeply";
  const line = message.split("\n", 1)[0] as string;
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** Ends the conversion: what follows could not be trusted or would take too long. */
class Refused extends Error {
  readonly offset: number;

  constructor(offset: number, cause: string) {
    super(cause);
    this.offset = offset;
  }
}

interface Converted extends Omit<Places, "position"> {
  readonly value: unknown;
  readonly faults: readonly { readonly offset: number; readonly cause: string }[];
}

function convert(root: Node | null): Converted {
  const values = new Map<string, number>();
  const keys = new Map<string, number>();
  const faults: { offset: number; cause: string }[] = [];
  const anchors = new Map<string, Node>();
  /** Nodes whose value is being converted: an alias to one would never end. */
  const open = new Set<Node>();
  let count = 0;

  function toValue(node: Node | null, path: readonly Key[]): unknown {
    if (node === null) return null;
    const offset = offsetOf(node);
    if (path.length > bounds.policyDepth) throw new Refused(offset, `deeper than ${bounds.policyDepth} levels`);
    if (++count > bounds.policyValues) {
      throw new Refused(offset, `more than ${bounds.policyValues} values, with its aliases followed`);
    }
    if (isAlias(node)) {
      const anchored = anchors.get(node.source);
      if (anchored === undefined || open.has(anchored)) {
        throw new Refused(offset, `the alias *${node.source} points to nothing that is complete before it`);
      }
      return toValue(anchored, path);
    }
    values.set(JSON.stringify(path), offset);
    if ("anchor" in node && typeof node.anchor === "string") anchors.set(node.anchor, node);
    if (isScalar(node)) return node.value;
    open.add(node);
    const value = isSeq<Node | null>(node)
      ? node.items.map((item, index) => toValue(item, [...path, index]))
      : toMapping(node, path);
    open.delete(node);
    return value;
  }

  function toMapping(node: Node, path: readonly Key[]): Record<string, unknown> {
    // No prototype: `__proto__` is a key like any other, and the schema refuses it.
    const mapping: Record<string, unknown> = Object.create(null);
    if (!isMap<Node | null, Node | null>(node)) return mapping;
    for (const { key, value } of node.items) {
      const offset = offsetOf(key ?? node);
      if (!isScalar(key) || typeof key.value !== "string") {
        faults.push({ offset, cause: "a key must be plain text" });
        continue;
      }
      const here = [...path, key.value];
      if (key.value in mapping) {
        faults.push({ offset, cause: `duplicate key ${JSON.stringify(key.value)}` });
        continue;
      }
      keys.set(JSON.stringify(here), offset);
      mapping[key.value] = toValue(value, here);
    }
    return mapping;
  }

  let value: unknown;
  try {
    value = toValue(root, []);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    faults.push({ offset: error.offset, cause: error.message });
  }
  return { value, values, keys, faults };
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
