/** The library's reader for {@link readPlaced}: anchors, aliases, tags, and the cause of what is no YAML. */
import type { Alias, Node, Pair, Scalar } from "yaml";
import { coreType } from "./core-schema.ts";
import { isAlias, isMap, isScalar, isSeq, libraryDocument } from "./library.ts";
import type { DocumentRange } from "./model.ts";
import type { PlacedEntry, PlacedLimits, PlacedNode, PlacedReading, PlacedScalar } from "./placed-model.ts";

class Refused extends Error {
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

export function slowPlaced(text: string, { start, end }: DocumentRange, limits: PlacedLimits): PlacedReading {
  const refused = (offset: number, reason: string): PlacedReading => ({
    node: undefined,
    fault: { offset: Math.min(Math.max(offset, start), end), reason },
  });
  if (end - start > limits.slowLength) {
    return refused(start, `a document of unusual form with over ${limits.slowLength} characters`);
  }
  try {
    const document = libraryDocument(text.slice(start, end), { schema: "failsafe" });
    if (document === undefined) return refused(start, "values are nested too deeply");
    const [error] = document.errors;
    if (error !== undefined) return refused(start + error.pos[0], sentence(error.message));
    const root = document.contents as Node | null;
    return { node: root === null ? null : converter(text, start, end, limits)(root, 1) };
  } catch (error) {
    if (error instanceof Refused) return refused(error.offset, error.message);
    // The library goes down by recursion.
    if (error instanceof RangeError) return refused(start, "values are nested too deeply");
    throw error;
  }
}

function sentence(message: string): string {
  const line = (message.split("\n", 1)[0] ?? "").replace(/\.$/, "");
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** A node that is named. `read` is absent until it is read whole: within itself it can stand for nothing. */
interface Named {
  read?: {
    readonly value: PlacedNode /** With its aliases followed. */;
    readonly count: number;
    readonly height: number;
  };
}

function converter(text: string, base: number, limit: number, limits: PlacedLimits) {
  /** With aliases followed: what an alias bomb runs into. */
  let values = 0;
  let deepest = 0;
  const anchors = new Map<string, Named>();

  function count(more: number, offset: number): void {
    values += more;
    if (values > limits.values) throw new Refused(offset, `over ${limits.values} values, with aliases followed`);
  }

  function reach(depth: number, offset: number): void {
    if (depth > limits.depth) throw new Refused(offset, `values are nested more than ${limits.depth} deep`);
    deepest = Math.max(deepest, depth);
  }

  function convert(node: Node, depth: number): PlacedNode {
    const start = base + (node.range?.[0] ?? 0);
    reach(depth, start);
    if (isAlias(node)) return aliased(node, start, depth);
    const before = { values, deepest };
    deepest = depth;
    const named: Named = {};
    if (node.anchor !== undefined) anchors.set(node.anchor, named);
    count(1, start);
    const value = unnamed(node, start, depth);
    named.read = { value, count: values - before.values, height: deepest - depth };
    deepest = Math.max(deepest, before.deepest);
    return value;
  }

  function aliased({ source }: Alias, start: number, depth: number): PlacedNode {
    const named = anchors.get(source);
    if (named === undefined) throw new Refused(start, `the alias *${source} leads to nothing`);
    const { read } = named;
    if (read === undefined) throw new Refused(start, `the alias *${source} stands within itself`);
    count(1 + read.count, start);
    reach(depth + 1 + read.height, start);
    return read.value;
  }

  function unnamed(node: Exclude<Node, Alias>, start: number, depth: number): PlacedNode {
    const end = Math.min(base + (node.range?.[1] ?? 0), limit);
    const tag = node.tag === undefined ? {} : { tag: node.tag };
    if (isScalar(node)) return { ...scalarOf(node, start, end), ...tag };
    if (isSeq(node)) {
      const items = node.items.map((item) => child(item as Node | null, start, depth));
      const aliases = new Map(
        node.items.flatMap((item, index) => {
          const range = isAlias(item) ? item.range : undefined;
          return range == null ? [] : [[index, { start: base + range[0], end: base + range[1] }] as const];
        }),
      );
      const own = aliases.size === 0 ? {} : { aliases };
      return { kind: "sequence", items, ...own, start, end: withoutBreaks(start, end), ...tag };
    }
    if (isMap(node)) {
      const entries = (node.items as Pair<Node | null, Node | null>[]).map((pair) => entryOf(pair, start, depth));
      return { kind: "map", entries, start, end: withoutBreaks(start, end), ...tag };
    }
    throw new Refused(start, "a value of an unknown form");
  }

  function entryOf({ key, value }: Pair<Node | null, Node | null>, start: number, depth: number): PlacedEntry {
    const keyStart = key === null ? start : base + (key.range?.[0] ?? 0);
    if (!isScalar(key)) throw new Refused(keyStart, "a key that is no text");
    const keyEnd = base + (key.range?.[1] ?? 0);
    if (key.anchor !== undefined) throw new Refused(keyStart, "a key that is named by an anchor");
    count(1, keyStart);
    const range = isAlias(value) ? value.range : undefined;
    return {
      key: scalarOf(key, keyStart, keyEnd),
      value: child(value, keyEnd, depth),
      ...(range == null ? {} : { alias: { start: base + range[0], end: base + range[1] } }),
    };
  }

  function child(node: Node | null, start: number, depth: number): PlacedNode {
    return node === null
      ? { kind: "scalar", text: "", type: "null", style: "plain", start, end: start }
      : convert(node, depth + 1);
  }

  function scalarOf(node: Scalar, start: number, end: number): PlacedScalar {
    const style = STYLES[node.type ?? "PLAIN"] ?? "plain";
    const value = String(node.value ?? "");
    const type =
      TYPES.get(node.tag ?? "") ?? (style === "plain" && node.tag === undefined ? coreType(value) : "string");
    return { kind: "scalar", text: value, type, style, start, end: withoutBreaks(start, end) };
  }

  /** The library counts line breaks behind a block as its own. */
  function withoutBreaks(start: number, end: number): number {
    let at = end;
    while (at > start && BLANK.has(text[at - 1] ?? "")) at--;
    return at;
  }

  return convert;
}

const BLANK: ReadonlySet<string> = new Set([" ", "\t", "\r", "\n"]);

const STYLES: Readonly<Record<string, PlacedScalar["style"]>> = {
  PLAIN: "plain",
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "literal",
  BLOCK_FOLDED: "folded",
};

const TYPES: ReadonlyMap<string, PlacedScalar["type"]> = new Map([
  ["tag:yaml.org,2002:int", "number"],
  ["tag:yaml.org,2002:float", "number"],
  ["tag:yaml.org,2002:bool", "boolean"],
  ["tag:yaml.org,2002:null", "null"],
]);
