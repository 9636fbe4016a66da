/** Documents of YAML as nodes with places, by the library: anchors, aliases, merge keys and tags are part of pipelines. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type Scalar,
} from "yaml";
import { Problem } from "../../../core/problem.ts";
import { libraryDocuments } from "../../../formats/yaml/library.ts";
import { resolvePlain } from "../../../formats/yaml/scalars.ts";
import { bounds } from "../bounds.ts";
import type { Place, Text } from "../field.ts";
import type { PlacedEntry, PlacedNode } from "./model.ts";

/**
 * Reads every document of a file. Of a key that is there twice the last counts; a merge key replaces what stands before it and
 * is replaced by what stands behind it, as Ruby's reader has it.
 *
 * @param path - relative to the tree's root: it is in every place
 * @returns one node a document; undefined for one that is empty
 * @throws Problem `pipelines.broken`, kind input, with the line
 */
export function placedDocuments(path: string, text: string): (PlacedNode | undefined)[] {
  if (text.length > bounds.pipelineBytes) throw broken(path, `more than ${bounds.pipelineBytes} characters`);
  const lines = new LineCounter();
  const documents = libraryDocuments(text, { schema: "failsafe", lineCounter: lines, prettyErrors: false });
  if (documents === undefined) throw broken(path, "nested too deeply");
  const converter = converterOf(path, text, lines);
  try {
    return documents.map((document) => {
      const [error] = document.errors;
      if (error !== undefined) {
        throw broken(`${path}:${lines.linePos(error.pos[0]).line}`, error.message.split("\n", 1)[0] ?? "");
      }
      return converter(document);
    });
  } catch (error) {
    // Both readers go down by recursion.
    if (error instanceof RangeError) throw broken(path, "nested too deeply");
    throw error;
  }
}

function converterOf(path: string, text: string, lines: LineCounter): (document: Document) => PlacedNode | undefined {
  /** With aliases and merge keys followed: what an alias bomb runs into. */
  let values = 0;
  let anchors = new Map<string, { node?: PlacedNode; count: number }>();

  const placeOf = (start: number, end: number): Place => {
    const { line, col } = lines.linePos(start);
    return { path, line, column: col, start, end };
  };

  function count(more: number, at: number): void {
    values += more;
    if (values <= bounds.nodes) return;
    throw broken(`${path}:${lines.linePos(at).line}`, `over ${bounds.nodes} values, with its aliases followed`);
  }

  function convert(node: Node | null, at: number, depth: number): PlacedNode {
    const start = node?.range?.[0] ?? at;
    if (depth > bounds.depth) throw broken(`${path}:${lines.linePos(start).line}`, "nested too deeply");
    if (node !== null && isAlias(node)) return aliased(node, start);
    const before = values;
    count(1, start);
    const named = { count: 0 } as { node?: PlacedNode; count: number };
    const anchor = node !== null && "anchor" in node ? node.anchor : undefined;
    if (anchor !== undefined) anchors.set(anchor, named);
    named.node = unnamed(node, start, depth);
    named.count = values - before;
    return named.node;
  }

  function aliased({ source }: Alias, start: number): PlacedNode {
    const named = anchors.get(source);
    if (named?.node === undefined) {
      const why = named === undefined ? "leads to nothing" : "stands within itself";
      throw broken(`${path}:${lines.linePos(start).line}`, `the alias *${source.slice(0, 80)} ${why}`);
    }
    count(named.count, start);
    return named.node;
  }

  function unnamed(node: Exclude<Node, Alias> | null, start: number, depth: number): PlacedNode {
    const end = Math.min(node?.range?.[1] ?? start, text.length);
    const tag = node?.tag;
    const base = { place: placeOf(start, end), ...(tag?.startsWith("!") === true ? { tag } : {}) };
    if (isMap(node)) return { kind: "map", ...base, entries: entriesOf(node.items, start, depth) };
    if (isSeq(node)) {
      const items = node.items.map((item) => convert(item as Node | null, start, depth + 1));
      return { kind: "list", ...base, items };
    }
    return { kind: "scalar", ...base, text: textOf(isScalar(node) ? node : undefined, base.place) };
  }

  function entriesOf(pairs: readonly Pair[], at: number, depth: number): PlacedEntry[] {
    const entries = new Map<string, PlacedEntry>();
    for (const pair of pairs) {
      const key = pair.key as Node | null;
      const keyNode = isScalar(key) ? key : undefined;
      const keyAt = key?.range?.[0] ?? at;
      if (key !== null && keyNode === undefined) {
        if (!isAlias(key)) throw broken(`${path}:${lines.linePos(keyAt).line}`, "a key that is no text");
        const named = aliased(key, keyAt);
        if (named.kind !== "scalar") throw broken(`${path}:${lines.linePos(keyAt).line}`, "a key that is no text");
        put(entries, { key: named.text, value: convert(pair.value as Node | null, keyAt, depth + 1) });
        continue;
      }
      count(1, keyAt);
      const text = textOf(keyNode, placeOf(keyAt, key?.range?.[1] ?? keyAt));
      const value = convert(pair.value as Node | null, text.place.end, depth + 1);
      if (text.value === "<<" && text.style === "plain") merge(entries, value, keyAt);
      else put(entries, { key: text, value });
    }
    return [...entries.values()];
  }

  /** Of several mappings the first that has a key gives it. */
  function merge(entries: Map<string, PlacedEntry>, value: PlacedNode, at: number): void {
    const maps = value.kind === "list" ? value.items.toReversed() : [value];
    for (const map of maps) {
      if (map.kind !== "map") throw broken(`${path}:${lines.linePos(at).line}`, "a merge key of what is no mapping");
      count(map.entries.length, at);
      for (const entry of map.entries) put(entries, entry);
    }
  }

  function textOf(node: Scalar | undefined, place: Place): Text {
    const value = node === undefined ? "" : String(node.value ?? "");
    const style = styleOf(node?.type);
    const resolved = style === "plain" ? resolvePlain(value) : value;
    const type = resolved === null ? "null" : (typeof resolved as "string" | "boolean" | "number");
    const comment = commentBehind(text, place, style);
    return { value, type, style, place, ...(comment === undefined ? {} : { comment }), expressions: [] };
  }

  return (document) => {
    anchors = new Map();
    const { contents } = document;
    return contents === null || (isScalar(contents) && contents.source === "") ? undefined : convert(contents, 0, 0);
  };
}

/** The last one counts, and stands where it is written. */
function put(entries: Map<string, PlacedEntry>, entry: PlacedEntry): void {
  entries.delete(entry.key.value);
  entries.set(entry.key.value, entry);
}

function styleOf(type: Scalar["type"] | undefined): Text["style"] {
  switch (type) {
    case "QUOTE_SINGLE":
      return "single";
    case "QUOTE_DOUBLE":
      return "double";
    case "BLOCK_LITERAL":
      return "literal";
    case "BLOCK_FOLDED":
      return "folded";
    default:
      return "plain";
  }
}

/** Characters of a comment that are kept, and how far it may stand behind its value. */
const COMMENT = 400;

/** In the value's line; of a block, in that of its header. */
function commentBehind(text: string, { start, end }: Place, style: Text["style"]): string | undefined {
  const isBlock = style === "literal" || style === "folded";
  const rest = text.slice(isBlock ? start : end, (isBlock ? start : end) + COMMENT).split("\n", 1)[0] ?? "";
  const found = (isBlock ? /^[|>][-+0-9]*[ \t]+#(.*)/ : /^[ \t]*:?[ \t]+#(.*)/).exec(rest)?.[1];
  return found?.trim();
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "pipelines.broken", place, cause });
}
