/**
 * One document of a Compose file, read as Compose does (compose-go over gopkg.in/yaml.v3): what a mapping states goes before what
 * it merges, wherever the merge stands; `!reset` takes a field out; a key twice is an error. Aliases are followed: the tree
 * that is answered has none.
 */

import type { Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { append } from "../../../core/append.ts";
import { bounds as formatsBounds } from "../../../formats/bounds.ts";
import { isAlias, isMap, isPair, isScalar, isSeq, libraryDocument } from "../../../formats/yaml/library.ts";
import type { DocumentRange, YamlEntry, YamlFault, YamlNode } from "../../../formats/yaml/model.ts";
import { fastDocument } from "../../../formats/yaml/nodes.ts";
import { resolveComposePlain } from "./scalars.ts";

export interface ComposeReading {
  /** Undefined where it cannot be read, `null` where it holds nothing. */
  readonly node: YamlNode | null | undefined;
  readonly faults: readonly YamlFault[];
}

class Refused extends Error {
  readonly fault: YamlFault;

  constructor(offset: number, reason: string, code: YamlFault["code"] = "yaml") {
    super(reason);
    this.fault = { code, offset, reason };
  }
}

export function readComposeDocument(text: string, range: DocumentRange): ComposeReading {
  try {
    // The fast reader takes no notice of a merge within braces.
    const merges = text.slice(range.start, range.end).includes("<<");
    const fast = merges ? undefined : fastDocument(text, range, "refused");
    if (fast === null) return { node: null, faults: [] };
    return { node: fast === undefined ? slow(text, range) : resolved(text, fast), faults: [] };
  } catch (error) {
    if (error instanceof Refused) return { node: undefined, faults: [error.fault] };
    if (error instanceof RangeError) {
      return { node: undefined, faults: [new Refused(range.start, "values are nested too deeply").fault] };
    }
    throw error;
  }
}

/** The same tree, with its plain scalars as Compose resolves them. */
function resolved(text: string, node: YamlNode): YamlNode {
  switch (node.kind) {
    case "scalar": {
      const source = text.slice(node.start, node.end);
      if (/^["'|>]/.test(source)) return node;
      if (source === "") return { ...node, value: null };
      if (typeof node.value === "string" && source.includes("\n")) return node;
      return { ...node, value: resolveComposePlain(source) };
    }
    case "sequence":
      return { ...node, items: node.items.map((item) => resolved(text, item)) };
    case "map": {
      const seen = new Set<string>();
      const entries = node.entries.map((entry) => {
        const source = text.slice(entry.keyStart, entry.keyEnd);
        const key = /^["']/.test(source) ? entry.key : keyOf(source, entry.keyStart);
        refuseTwice(seen, key, entry.keyStart);
        return { ...entry, key, value: resolved(text, entry.value) };
      });
      return { ...node, entries };
    }
  }
}

function keyOf(source: string, offset: number): string {
  if (typeof resolveComposePlain(source) !== "string" || isTime(source)) {
    throw new Refused(offset, "a key that is not a string: Compose takes none");
  }
  return source;
}

function isTime(text: string): boolean {
  return /^[0-9]{4}-/.test(text);
}

function refuseTwice(seen: Set<string>, key: string, offset: number): void {
  if (seen.has(key)) {
    throw new Refused(offset, `the key ${quote(key)} is there twice: Compose refuses it`, "duplicate-key");
  }
  seen.add(key);
}

/** Forms that the library and Compose's reader are not known to read alike. */
const DOUBTFUL = /^[ \t-]*\?(?:[ \t\r\n]|$)|^%|[,{[][ \t]*\?[ \t]|^ *\t[ \t]*\S|[^\P{Cc}\t\n\r]|\ufeff/mu;

const DOUBT = "a form that not all readers of YAML take alike";

const RESET = "!reset";
const OVERRIDE = "!override";
const CORE = "tag:yaml.org,2002:";

function slow(text: string, { start, end }: DocumentRange): YamlNode | null {
  if (end - start > formatsBounds.yamlSlowLength) {
    const reason = `a document of unusual form with over ${formatsBounds.yamlSlowLength} characters`;
    throw new Refused(start, reason, "bound");
  }
  const source = text.slice(start, end);
  const doubtful = DOUBTFUL.exec(source);
  if (doubtful !== null) throw new Refused(start + doubtful.index, DOUBT);
  const document = libraryDocument(source, { schema: "failsafe" });
  if (document === undefined) throw new Refused(start, "values are nested too deeply");
  const [error] = [...document.errors, ...document.warnings.filter(({ code }) => code !== "TAG_RESOLVE_FAILED")];
  if (error !== undefined) throw new Refused(start + error.pos[0], sentence(error.message));
  if (document.contents === null) return null;
  return converter(source, start)(document.contents as Node) ?? null;
}

function converter(source: string, base: number) {
  /** Done nodes by their names, each the one that the name meant where it was last read. */
  const anchors = new Map<string, { readonly node: YamlNode | undefined; readonly values: number }>();
  let values = 0;
  let special = 0;

  function count(more: number, offset: number): void {
    values += more;
    if (values <= formatsBounds.yamlValues) return;
    throw new Refused(offset, `over ${formatsBounds.yamlValues} values, with its aliases followed`, "bound");
  }

  /** Undefined where `!reset` takes it out. */
  function convert(node: Node | null, depth = 1, at = 0): YamlNode | undefined {
    if (node === null) return { kind: "scalar", value: null, start: base + at, end: base + at };
    const start = base + (node.range?.[0] ?? at);
    const end = base + (node.range?.[1] ?? at);
    count(1, start);
    if (depth > formatsBounds.yamlDepth) throw new Refused(start, "values are nested too deeply", "bound");
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) throw new Refused(start, `the alias *${node.source} leads to nothing`);
      count(target.values, start);
      return target.node;
    }
    const name = node.anchor;
    if (name !== undefined) {
      if (!/^[A-Za-z0-9_-]+$/.test(name)) throw new Refused(start, "a name of an anchor that not all readers take");
      // Whoever means it from within leads into a circle.
      anchors.delete(name);
    }
    const before = values;
    const specials = special;
    const value = convertValue(node, depth, start, end);
    if (name !== undefined) {
      if (special > specials) throw new Refused(start, "a !reset or !override below an anchor");
      anchors.set(name, { node: value, values: values - before + 1 });
    }
    return value;
  }

  function convertValue(node: Node, depth: number, start: number, end: number): YamlNode | undefined {
    if ((isSeq(node) || isMap(node)) && node.flow === true) refuseQuestions(node);
    const tag = "tag" in node ? (node.tag as string | undefined) : undefined;
    if (tag === RESET || tag === OVERRIDE) special++;
    if (tag === RESET) return undefined;
    if (isScalar(node))
      return { kind: "scalar", value: scalarValue(node, start), start, end: scalarEnd(node, start, end) };
    if (tag?.startsWith(CORE) === true && !/:(?:map|seq)$/.test(tag)) throw new Refused(start, tagged(tag));
    const specials = special;
    const value = isSeq(node)
      ? sequence(node.items as (Node | null)[], depth, start, end)
      : isMap(node)
        ? mapping(node, depth, start, end)
        : undefined;
    if (value === undefined) throw new Refused(start, "a value of an unknown form");
    if (tag === OVERRIDE && special > specials) throw new Refused(start, "a !reset or !override within an !override");
    return value;
  }

  /** In braces and brackets Compose's reader begins a key at a question mark, whatever stands behind it. */
  function refuseQuestions({ items }: YAMLMap | YAMLSeq): void {
    const inner = items.flatMap((item) => (isPair(item) ? [item.key, item.value] : [item])).filter(isScalar);
    const found = inner.find(({ type, source = "" }) => type === "PLAIN" && source.startsWith("?"));
    if (found !== undefined) throw new Refused(base + (found.range?.[0] ?? 0), DOUBT);
  }

  function sequence(items: readonly (Node | null)[], depth: number, start: number, end: number): YamlNode {
    const found = items.flatMap((item) => convert(item, depth + 1, start - base) ?? []);
    return { kind: "sequence", items: found, start, end };
  }

  function mapping(map: YAMLMap, depth: number, start: number, end: number): YamlNode {
    const entries: YamlEntry[] = [];
    const seen = new Set<string>();
    let merged: { readonly node: YamlNode; readonly offset: number } | undefined;
    for (const { key, value: inner } of map.items as Pair<Node | null, Node | null>[]) {
      const keyStart = base + (key?.range?.[0] ?? start - base);
      const keyEnd = base + (key?.range?.[1] ?? start - base);
      if (!isScalar(key) || key.anchor !== undefined) throw new Refused(keyStart, "a key that is not a plain text");
      const value = convert(inner, depth + 1, keyEnd - base);
      if (value === undefined) continue;
      if (isMergeKey(key)) {
        refuseTwice(seen, "<<", keyStart);
        merged = { node: value, offset: keyStart };
        continue;
      }
      const name = nameOf(key, keyStart);
      refuseTwice(seen, name, keyStart);
      entries.push({ key: name, keyStart, keyEnd, value, ...(isAlias(inner) ? { shared: true as const } : {}) });
    }
    if (merged !== undefined) append(entries, mergedEntries(merged.node, seen, merged.offset));
    return { kind: "map", entries, start, end };
  }

  function mergedEntries(node: YamlNode, seen: Set<string>, offset: number): YamlEntry[] {
    const maps = node.kind === "sequence" ? node.items : [node];
    return maps.flatMap((map) => {
      if (map.kind !== "map") throw new Refused(offset, "a merge key takes mappings alone");
      count(map.entries.length, offset);
      return map.entries.flatMap((entry): YamlEntry[] => {
        if (seen.has(entry.key)) return [];
        seen.add(entry.key);
        return [{ ...entry, shared: true, merged: true }];
      });
    });
  }

  function nameOf(key: Scalar, offset: number): string {
    if (key.tag !== undefined && key.tag !== "!" && key.tag !== `${CORE}str`)
      throw new Refused(offset, tagged(key.tag));
    if (key.type !== "PLAIN") return String(key.value);
    if (key.tag === `${CORE}str`) return String(key.source ?? key.value);
    return keyOf(key.source ?? String(key.value), offset);
  }

  function scalarValue(scalar: Scalar, offset: number): string | number | boolean | null {
    const text = scalar.type === "PLAIN" || scalar.type === undefined ? (scalar.source ?? "") : String(scalar.value);
    const isPlain = scalar.type === "PLAIN" || scalar.type === undefined;
    const { tag } = scalar;
    if (tag === undefined || tag === "!") return isPlain ? resolveComposePlain(text) : text;
    if (tag === `${CORE}str`) return text;
    // A tag that means nothing to the reader makes a text of it.
    if (!tag.startsWith(CORE)) return text;
    const value = resolveComposePlain(text);
    const type = value === null ? "null" : typeof value === "boolean" ? "bool" : typeof value === "string" ? "" : "int";
    if (isPlain && tag === CORE + type && (type !== "int" || Number.isInteger(value))) return value;
    throw new Refused(offset, tagged(tag));
  }

  /** The library counts the line break behind a block as its own. */
  function scalarEnd({ type }: Scalar, start: number, end: number): number {
    if (type !== "BLOCK_LITERAL" && type !== "BLOCK_FOLDED") return end;
    const text = source.slice(start - base, end - base);
    return start + text.trimEnd().length;
  }

  return convert;
}

/** Plain, whatever a `!` before it; not what is quoted. */
function isMergeKey({ source, type, tag }: Scalar): boolean {
  return source === "<<" && type === "PLAIN" && (tag === undefined || tag === "!");
}

function tagged(tag: string): string {
  return `the tag ${quote(tag)} is not followed`;
}

function sentence(message: string): string {
  const line = (message.split("\n", 1)[0] ?? "").replace(/\.$/, "");
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
