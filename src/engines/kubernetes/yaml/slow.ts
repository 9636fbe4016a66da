/** The library's reader, for what the fast one gives up on. Some ten times slower. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type Scalar, type YAMLMap } from "yaml";
import { bounds } from "../../../core/bounds.ts";
import type { DocumentRange, YamlEntry, YamlFault, YamlNode } from "./model.ts";
import { keyText, resolvePlain } from "./scalars.ts";

export interface SlowReading {
  /** Undefined where it cannot be read, `null` where it holds nothing. */
  readonly node: YamlNode | null | undefined;
  readonly faults: readonly YamlFault[];
}

/** Ends the conversion: what follows could not be trusted, or would take too long. */
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
  if (end - start > bounds.kubernetesSlowLength) {
    return refused(
      "kubernetes.bound",
      start,
      `a document of unusual form with over ${bounds.kubernetesSlowLength} characters`,
    );
  }
  try {
    const document = parseDocument(text.slice(start, end), {
      schema: "failsafe",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    });
    const [error] = document.errors;
    if (error !== undefined) return refused("kubernetes.yaml", start + error.pos[0], sentence(error.message));
    const faults: YamlFault[] = [];
    const node = document.contents === null ? null : converter(text, start, faults)(document.contents as Node, 1);
    return { node, faults };
  } catch (error) {
    if (error instanceof Refused) return refused(error.fault.code, error.fault.offset, error.fault.reason);
    // The library goes down by recursion.
    if (error instanceof RangeError) return refused("kubernetes.bound", start, "values are nested too deeply");
    throw error;
  }
}

function sentence(message: string): string {
  const line = (message.split("\n", 1)[0] ?? "").replace(/\.$/, "");
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

function converter(text: string, base: number, faults: YamlFault[]) {
  /** With aliases followed: what an alias bomb runs into. */
  let values = 0;
  /** The nodes that are named so far. The library's own look-up goes through the whole document for each alias. */
  const anchors = new Map<string, Node>();
  let aliasDepth = 0;

  function count(more: number, offset: number): void {
    values += more;
    if (values <= bounds.kubernetesValues) return;
    throw new Refused("kubernetes.bound", offset, `over ${bounds.kubernetesValues} values, with its aliases followed`);
  }

  function named(node: Node): void {
    if (aliasDepth === 0 && !isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
  }

  function convert(node: Node, depth: number): YamlNode {
    const start = base + (node.range?.[0] ?? 0);
    const end = base + (node.range?.[1] ?? 0);
    count(1, start);
    if (depth > bounds.kubernetesDepth) {
      throw new Refused("kubernetes.bound", start, `values are nested more than ${bounds.kubernetesDepth} deep`);
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined)
        throw new Refused("kubernetes.yaml", start, `the alias *${node.source} leads to nothing`);
      aliasDepth++;
      const value = convert(target, depth + 1);
      aliasDepth--;
      return value;
    }
    named(node);
    if (isScalar(node))
      return { kind: "scalar", value: scalarValue(node, start), start, end: scalarEnd(node, start, end) };
    if (isSeq(node)) {
      return {
        kind: "sequence",
        items: node.items.map((item) => child(item as Node | null, start, depth)),
        start,
        end,
      };
    }
    if (isMap(node)) return { kind: "map", entries: entriesOf(node, start, depth), start, end };
    throw new Refused("kubernetes.yaml", start, "a value of an unknown form");
  }

  function child(node: Node | null, start: number, depth: number): YamlNode {
    return node === null ? { kind: "scalar", value: null, start, end: start } : convert(node, depth + 1);
  }

  function entriesOf(map: YAMLMap, start: number, depth: number): YamlEntry[] {
    const entries: YamlEntry[] = [];
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      const key = isAlias(pair.key) ? anchors.get(pair.key.source) : pair.key;
      if (isScalar(key) && key === pair.key) named(key);
      const keyStart = base + (pair.key?.range?.[0] ?? start - base);
      const keyEnd = base + (pair.key?.range?.[1] ?? start - base);
      if (!isScalar(key)) throw new Refused("kubernetes.yaml", keyStart, "a key that is no text");
      const value = child(pair.value, keyEnd, depth);
      const shared = isAlias(pair.value) ? ({ shared: true } as const) : {};
      if (isMergeKey(key)) mergeInto(entries, value, keyStart);
      else entries.push({ key: nameOf(key), keyStart, keyEnd, value, ...shared });
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
      if (map.kind !== "map") throw new Refused("kubernetes.yaml", offset, "a merge key takes mappings alone");
      for (const entry of map.entries) {
        if (taken.has(entry.key)) continue;
        taken.add(entry.key);
        if (stated.has(entry.key)) {
          const reason = `${quote(entry.key)} stands before a merge that states it too: readers differ on which counts`;
          faults.push({ code: "kubernetes.merge-order", offset, reason });
        } else entries.push({ ...entry, shared: true, merged: true });
      }
    }
  }

  /** The library counts the line break behind a block as its own. */
  function scalarEnd({ type }: Scalar, start: number, end: number): number {
    let at = end;
    if (type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED") {
      while (at > start && (text[at - 1] === "\n" || text[at - 1] === "\r")) at--;
    }
    return at;
  }

  function scalarValue(scalar: Scalar, offset: number): string | number | boolean | null {
    const source = scalar.source ?? String(scalar.value ?? "");
    switch (scalar.tag) {
      case undefined:
        return scalar.type === "PLAIN" || scalar.type === undefined ? resolvePlain(source) : String(scalar.value);
      case "tag:yaml.org,2002:str":
        return String(scalar.value);
      case "tag:yaml.org,2002:int":
      case "tag:yaml.org,2002:float":
      case "tag:yaml.org,2002:bool":
      case "tag:yaml.org,2002:null":
        return resolvePlain(source);
      default:
        throw new Refused("kubernetes.yaml", offset, `the tag ${quote(scalar.tag)} has no meaning in a manifest`);
    }
  }

  return convert;
}

function isMergeKey(key: Scalar): boolean {
  return key.source === "<<" && key.type === "PLAIN" && key.tag === undefined;
}

function nameOf(key: Scalar): string {
  return key.type === "PLAIN" && key.tag === undefined ? keyText(key.source ?? String(key.value)) : String(key.value);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
