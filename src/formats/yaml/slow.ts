/** The library's reader, for what the fast one gives up on. Some ten times slower. */
import type { Alias, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { bounds } from "../bounds.ts";
import { isAlias, isMap, isPair, isScalar, isSeq, libraryDocument } from "./library.ts";
import type { DocumentRange, YamlEntry, YamlFault, YamlNode } from "./model.ts";
import { keyText, resolvePlain } from "./scalars.ts";

export interface SlowReading {
  /** Undefined where it cannot be read, `null` where it holds nothing. */
  readonly node: YamlNode | null | undefined;
  readonly faults: readonly YamlFault[];
}

/** Ends the conversion: what follows could not be trusted, or would take too long. */
const BLANK: ReadonlySet<string> = new Set([" ", "\t", "\r", "\n"]);

class Refused extends Error {
  readonly fault: YamlFault;

  constructor(code: YamlFault["code"], offset: number, reason: string) {
    super(reason);
    this.fault = { code, offset, reason };
  }
}

/** Reads one document; the cause of what is refused stands at its offset in the whole text. */
export function slowDocument(text: string, { start, end }: DocumentRange): SlowReading {
  const refused = (code: YamlFault["code"], offset: number, reason: string): SlowReading => ({
    node: undefined,
    faults: [{ code, offset: Math.min(Math.max(offset, start), end), reason }],
  });
  if (end - start > bounds.yamlSlowLength) {
    return refused("bound", start, `a document of unusual form with over ${bounds.yamlSlowLength} characters`);
  }
  try {
    const own = text.slice(start, end);
    // Kubernetes ends each line with a line break, the last one too.
    const document = libraryDocument(own.endsWith("\n") ? own : `${own}\n`, { schema: "failsafe" });
    if (document === undefined) return refused("bound", start, "values are nested too deeply");
    const [error] = document.errors;
    if (error !== undefined) return refused("yaml", start + error.pos[0], sentence(error.message));
    const faults: YamlFault[] = [];
    const root = document.contents as Node | null;
    if (isScalar(root) && isBlockScalar(root)) return refused("yaml", start, "a document that is one block");
    const node = root === null ? null : converter(text, start, end, faults)(root, 1);
    return { node, faults };
  } catch (error) {
    if (error instanceof Refused) return refused(error.fault.code, error.fault.offset, error.fault.reason);
    // The library goes down by recursion.
    if (error instanceof RangeError) return refused("bound", start, "values are nested too deeply");
    throw error;
  }
}

function sentence(message: string): string {
  const line = (message.split("\n", 1)[0] ?? "").replace(/\.$/, "");
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** A node that is named. `value` is absent until it is read whole: within itself it can stand for nothing. */
interface Named {
  read?: {
    readonly value: YamlNode;
    /** How many values it is, with its aliases followed, and how deep. */
    readonly count: number;
    readonly height: number;
  };
}

function converter(text: string, base: number, limit: number, faults: YamlFault[]) {
  /** With aliases followed: what an alias bomb runs into. */
  let values = 0;
  /** How deep what was read of the current value is. */
  let deepest = 0;
  /** The nodes that are named so far: an alias stands for what has the name at its own place, wherever it is used. */
  const anchors = new Map<string, Named>();

  function count(more: number, offset: number): void {
    values += more;
    if (values <= bounds.yamlValues) return;
    throw new Refused("bound", offset, `over ${bounds.yamlValues} values, with its aliases followed`);
  }

  function reach(depth: number, offset: number): void {
    if (depth > bounds.yamlDepth) {
      throw new Refused("bound", offset, `values are nested more than ${bounds.yamlDepth} deep`);
    }
    deepest = Math.max(deepest, depth);
  }

  function convert(node: Node, depth: number): YamlNode {
    const start = base + (node.range?.[0] ?? 0);
    reach(depth, start);
    if (isAlias(node)) return aliased(node, start, depth);
    const before = { values, deepest };
    deepest = depth;
    const named: Named = {};
    if (node.anchor !== undefined) anchors.set(nameOfAnchor(node.anchor, start), named);
    count(1, start);
    const value = unnamed(node, start, depth);
    named.read = { value, count: values - before.values, height: deepest - depth };
    deepest = Math.max(deepest, before.deepest);
    return value;
  }

  function aliased({ source }: Alias, start: number, depth: number): YamlNode {
    const named = anchors.get(nameOfAnchor(source, start));
    if (named === undefined) throw new Refused("yaml", start, `the alias *${source} leads to nothing`);
    const { read } = named;
    if (read === undefined) throw new Refused("bound", start, `the alias *${source} stands within itself`);
    count(1 + read.count, start);
    reach(depth + 1 + read.height, start);
    return read.value;
  }

  function unnamed(node: Exclude<Node, Alias>, start: number, depth: number): YamlNode {
    // The line break that was put behind the document is none of its text.
    const end = Math.min(base + (node.range?.[1] ?? 0), limit);
    if (isScalar(node)) {
      checkQuotes(node, start, end);
      checkBlankLines(node, start, end);
      return { kind: "scalar", value: scalarValue(node, start), start, end: scalarEnd(node, start, end) };
    }
    const { tag } = node;
    if (node.flow === true) checkFlow(node);
    if (isSeq(node)) {
      if (tag !== undefined && tag !== "tag:yaml.org,2002:seq") throw unknownTag(tag, start);
      const items = node.items.map((item) => child(item as Node | null, start, depth));
      return { kind: "sequence", items, start, end };
    }
    if (isMap(node)) {
      if (tag !== undefined && tag !== "tag:yaml.org,2002:map") throw unknownTag(tag, start);
      return { kind: "map", entries: entriesOf(node, start, depth), start, end };
    }
    throw new Refused("yaml", start, "a value of an unknown form");
  }

  /** The library ends some texts before their last quote. */
  function checkQuotes({ type }: Scalar, start: number, end: number): void {
    if (type !== "QUOTE_SINGLE" && type !== "QUOTE_DOUBLE") return;
    const own = text.slice(start, end);
    const whole = type === "QUOTE_SINGLE" ? /^'(?:[^']|'')*'$/ : /^"(?:[^"\\]|\\[\s\S])*"$/;
    if (!whole.test(own)) throw new Refused("yaml", start, "a text in quotes whose end is not clear");
  }

  /** Readers part on blank lines: behind a line break that is escaped, and of spaces where an indentation is stated. */
  function checkBlankLines({ type }: Scalar, start: number, end: number): void {
    // The library may end a block before its last blank line.
    let behind = end;
    while (BLANK.has(text[behind] ?? "")) behind++;
    // Up to the line where something else begins.
    const own = text.slice(start, behind < text.length ? text.lastIndexOf("\n", behind - 1) + 1 : behind);
    const odd = isBlockScalar({ type })
      ? /^[|>][-+]?[0-9]/.test(own) && /\n[ \t]+(?:\r?\n|$)/.test(own)
      : type === "QUOTE_DOUBLE" && /\\\r?\n[ \t]*\r?\n/.test(own);
    if (odd) throw new Refused("yaml", start, "a blank line within a text that readers end differently");
  }

  /** YAML 1.1 begins a key at each question mark between brackets, and ends none at a colon before one. */
  function checkFlow({ items }: YAMLMap | YAMLSeq): void {
    const scalars = items.flatMap((item) => (isPair(item) ? [item.key, item.value] : [item])).filter(isScalar);
    for (const { range, type, source = "" } of scalars) {
      if (type !== "PLAIN") continue;
      const behind = text.slice(base + (range?.[1] ?? 0), base + (range?.[1] ?? 0) + 2);
      if (!source.includes("?") && !/^:[,[\]{}]/.test(behind)) continue;
      throw new Refused("yaml", base + (range?.[0] ?? 0), "a question mark, or a colon before a bracket");
    }
  }

  function child(node: Node | null, start: number, depth: number): YamlNode {
    return node === null ? { kind: "scalar", value: null, start, end: start } : convert(node, depth + 1);
  }

  function entriesOf(map: YAMLMap, start: number, depth: number): YamlEntry[] {
    const entries: YamlEntry[] = [];
    for (const { key, value: given } of map.items as Pair<Node | null, Node | null>[]) {
      const keyStart = base + (key?.range?.[0] ?? start - base);
      const keyEnd = base + (key?.range?.[1] ?? start - base);
      if (!isScalar(key)) throw new Refused("yaml", keyStart, "a key that is no text");
      // Readers differ on which tags change what a key says, and on which make a merge key of it.
      if (key.tag !== undefined && key.tag !== "!" && !isMergeKey(key)) throw unknownTag(key.tag, keyStart);
      checkTag(key, keyStart);
      if (key.anchor !== undefined) throw new Refused("yaml", keyStart, "a key that is named by an anchor");
      const value = child(given, keyEnd, depth);
      const shared = isAlias(given) ? ({ shared: true } as const) : {};
      if (isMergeKey(key)) mergeInto(entries, value, keyStart);
      else entries.push({ key: nameOf(key, keyStart), keyStart, keyEnd, value, ...shared });
    }
    return entries;
  }

  /** YAML 1.1's merge keys: what is stated goes before what is merged, and the first merged before the next. */
  function mergeInto(entries: YamlEntry[], merged: YamlNode, offset: number): void {
    const maps = merged.kind === "sequence" ? merged.items : [merged];
    count(entries.length + maps.reduce((sum, map) => sum + (map.kind === "map" ? map.entries.length : 1), 0), offset);
    const stated = new Set(entries.map(({ key }) => key));
    const taken = new Set<string>();
    for (const map of maps) {
      if (map.kind !== "map") throw new Refused("yaml", offset, "a merge key takes mappings alone");
      for (const entry of standing(map.entries)) {
        if (taken.has(entry.key)) continue;
        taken.add(entry.key);
        if (stated.has(entry.key)) {
          const reason = `${quote(entry.key)} stands before a merge that states it too: readers differ on which counts`;
          faults.push({ code: "merge-order", offset, reason });
        } else entries.push({ ...entry, shared: true, merged: true });
      }
    }
  }

  /** Each key once: what a mapping states itself in place of what it merges. */
  function standing(entries: readonly YamlEntry[]): Iterable<YamlEntry> {
    const last = new Map<string, YamlEntry>();
    for (const entry of entries) {
      const before = last.get(entry.key);
      if (before !== undefined && before.merged !== true) {
        const reason = `the key ${quote(entry.key)} is there twice in what is merged`;
        faults.push({ code: "duplicate-key", offset: entry.keyStart, reason });
      }
      last.set(entry.key, entry);
    }
    return last.values();
  }

  /** The library counts the line break behind a block as its own. */
  function scalarEnd({ type }: Scalar, start: number, end: number): number {
    let at = end;
    if (isBlockScalar({ type })) {
      while (at > start && (text[at - 1] === "\n" || text[at - 1] === "\r")) at--;
    }
    return at;
  }

  function scalarValue(scalar: Scalar, offset: number): string | number | boolean | null {
    checkTag(scalar, offset);
    const source = scalar.source ?? String(scalar.value ?? "");
    const plain = scalar.type === "PLAIN" || scalar.type === undefined;
    if (scalar.tag === undefined) return plain ? resolvePlain(source) : String(scalar.value);
    if (scalar.tag === "tag:yaml.org,2002:str" || scalar.tag === "!") return String(scalar.value);
    const value = resolvePlain(plain ? source : String(scalar.value));
    // What does not fit its tag is an error to Kubernetes.
    if (TYPES.get(scalar.tag)?.includes(value === null ? "null" : typeof value) !== true) {
      throw unknownTag(scalar.tag, offset);
    }
    return value;
  }

  return convert;
}

/** A comma behind a tag is one of its characters to YAML 1.1, and what stands then for nothing is another value. */
function checkTag({ tag, source = "" }: Scalar, offset: number): void {
  if (tag !== undefined && source === "") throw unknownTag(tag, offset);
}

/** Tags that Kubernetes resolves → what values they may then have. Dates stay texts, as they do without a tag. */
const TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ["tag:yaml.org,2002:int", ["number"]],
  ["tag:yaml.org,2002:float", ["number"]],
  ["tag:yaml.org,2002:bool", ["boolean"]],
  ["tag:yaml.org,2002:null", ["null"]],
]);

function unknownTag(tag: string, offset: number): Refused {
  return new Refused("yaml", offset, `the tag ${quote(tag)} has no one meaning here`);
}

/** YAML 1.1's names, which Kubernetes reads; of others a part would be one to it. */
function nameOfAnchor(name: string, offset: number): string {
  if (/^[0-9A-Za-z_-]+$/.test(name)) return name;
  throw new Refused("yaml", offset, `${quote(name)} is no name of an anchor to all readers`);
}

function isBlockScalar({ type }: { readonly type?: Scalar.Type | undefined }): boolean {
  return type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED";
}

/** `<<`, and in quotes too where a tag takes them away (sigs.k8s.io/yaml, goyaml.v2, isMerge). */
function isMergeKey({ source, value, type, tag }: Scalar): boolean {
  if (tag === undefined) return type === "PLAIN" && source === "<<";
  return tag === "!" ? String(value) === "<<" : tag === "tag:yaml.org,2002:merge" && source === "<<";
}

function nameOf(key: Scalar, offset: number): string {
  if (key.type !== "PLAIN" || key.tag === "!") return String(key.value);
  const source = key.source ?? String(key.value);
  const name = keyText(source);
  if (name === undefined) throw new Refused("yaml", offset, `the key ${quote(source)} is one text to none`);
  return name;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
