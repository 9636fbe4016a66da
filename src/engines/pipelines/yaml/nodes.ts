/** Documents of YAML with merge keys followed and each scalar as a text with its place. */
import { Problem } from "../../../core/problem.ts";
import {
  type PlacedNode as FormNode,
  type PlacedScalar as FormScalar,
  readPlaced,
} from "../../../formats/yaml/placed.ts";
import { resolvePlain } from "../../../formats/yaml/scalars.ts";
import { bounds } from "../bounds.ts";
import type { Text } from "../field.ts";
import type { IgnoreComment } from "../github/model.ts";
import { ignoresIn } from "../ignores.ts";
import { type Source, sourceOf } from "../source.ts";
import type { PlacedEntry, PlacedNode } from "./model.ts";

/**
 * Reads every document of a file by YAML 1.1, as Ruby does: `yes` is true; of a key that is there twice the last counts; a merge
 * key replaces what stands before it, and is replaced by what stands behind it.
 *
 * @param path - relative to the tree's root: it is in every place
 * @returns one node a document, undefined for one that is empty; and the comments that ask for findings not to count
 * @throws Problem `pipelines.broken`, kind input, with the line
 */
export function placedDocuments(
  path: string,
  text: string,
): { readonly documents: readonly (PlacedNode | undefined)[]; readonly ignores: readonly IgnoreComment[] } {
  if (text.length > bounds.pipelineBytes) throw broken(path, `more than ${bounds.pipelineBytes} characters`);
  const source = sourceOf(path, text);
  const limits = { depth: bounds.depth, values: bounds.nodes, slowLength: bounds.pipelineBytes };
  const converter = converterOf(source);
  const roots = rangesOf(text).map((range) => {
    const { node, fault } = readPlaced(text, range, limits);
    if (fault !== undefined) throw brokenAt(source, fault.offset, fault.reason);
    return node ?? undefined;
  });
  const whole: FormNode = { kind: "sequence", items: roots.flatMap((root) => root ?? []), start: 0, end: text.length };
  return {
    documents: roots.map((root) => (root === undefined ? undefined : converter(root))),
    ignores: ignoresIn(source, whole),
  };
}

/** What lies between lines of `---`, which end whatever stands before them (YAML 1.2.2, 9.1.2). */
function rangesOf(text: string): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  let start = text.startsWith("\ufeff") ? 1 : 0;
  for (const { index } of text.matchAll(/^---(?=[ \t\r\n]|$)/gm)) {
    if (index < start) continue;
    if (ranges.length > 0 || holdsSomething(text.slice(start, index))) ranges.push({ start, end: index });
    start = index + "---".length;
  }
  ranges.push({ start, end: text.length });
  return ranges;
}

/** More than white space, comments and directives. */
function holdsSomething(text: string): boolean {
  return /^[ \t]*[^ \t\r\n#%]/m.test(text);
}

function converterOf(source: Source): (node: FormNode) => PlacedNode {
  /** What merge keys copy is counted over all of a file. */
  let merged = 0;
  /** An alias and what it stands for are one node. */
  const known = new Map<FormNode, PlacedNode>();

  function convert(node: FormNode): PlacedNode {
    const before = known.get(node);
    if (before !== undefined) return before;
    const base = { place: source.placeOf(node), ...(node.tag?.startsWith("!") === true ? { tag: node.tag } : {}) };
    const made: PlacedNode =
      node.kind === "map"
        ? { kind: "map", ...base, entries: entriesOf(node.entries) }
        : node.kind === "sequence"
          ? { kind: "list", ...base, items: node.items.map(convert) }
          : { kind: "scalar", ...base, text: textOf(node) };
    known.set(node, made);
    return made;
  }

  function entriesOf(written: Extract<FormNode, { kind: "map" }>["entries"]): PlacedEntry[] {
    const entries = new Map<string, PlacedEntry>();
    for (const { key, value } of written) {
      const node = convert(value);
      if (key.text === "<<" && key.style === "plain") merge(entries, node, key.start);
      else put(entries, { key: textOf(key), value: node });
    }
    return [...entries.values()];
  }

  /** Of several mappings the first that has a key gives it. */
  function merge(entries: Map<string, PlacedEntry>, value: PlacedNode, at: number): void {
    for (const map of value.kind === "list" ? value.items.toReversed() : [value]) {
      if (map.kind !== "map") throw brokenAt(source, at, "a merge key of what is no mapping");
      merged += map.entries.length;
      if (merged > bounds.nodes) throw brokenAt(source, at, `over ${bounds.nodes} values, with merge keys followed`);
      for (const entry of map.entries) put(entries, entry);
    }
  }

  function textOf(node: FormScalar): Text {
    const text = source.textOf(node, "none");
    if (node.style !== "plain" || node.tag !== undefined) return text;
    const value = resolvePlain(node.text);
    return { ...text, type: value === null ? "null" : (typeof value as "string" | "boolean" | "number") };
  }

  return convert;
}

/** The last one counts, and stands where it is written. */
function put(entries: Map<string, PlacedEntry>, entry: PlacedEntry): void {
  entries.delete(entry.key.value);
  entries.set(entry.key.value, entry);
}

function brokenAt(source: Source, offset: number, cause: string): Problem {
  return broken(`${source.path}:${source.place(offset, offset).line}`, cause);
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "pipelines.broken", place, cause });
}
