/** What all of GitHub's files are made of: mappings with known keys, texts, lists, fields. */
import type { PlacedEntry, PlacedMap, PlacedNode, PlacedScalar } from "../../../formats/yaml/placed.ts";
import type { Field, Place, Text } from "../field.ts";
import { type ExpressionForm, kindOf, type Source } from "../source.ts";

/** A mapping, by key; of a key that is there twice the last. */
export interface Keys {
  readonly map: PlacedMap;
  get(key: string): PlacedNode | undefined;
  entry(key: string): PlacedEntry | undefined;
  /** In order, without those that are there twice. */
  readonly entries: readonly PlacedEntry[];
}

/**
 * The mapping's keys; undefined where it is none, which is told. GitHub refuses a file where a key is there twice, whatever its
 * case, and knows no merge keys.
 *
 * @param what - in a reason: `a job`
 * @param known - keys that may be there; any may where it is absent
 */
export function keysOf(
  source: Source,
  node: PlacedNode | undefined,
  what: string,
  known?: ReadonlySet<string>,
): Keys | undefined {
  if (node === undefined) return undefined;
  if (node.kind !== "map") {
    source.skip(node, `${what} is ${kindOf(node)}, not a mapping`);
    return undefined;
  }
  const named = new Map<string, PlacedEntry>();
  const folded = new Set<string>();
  for (const entry of node.entries) {
    const { key } = entry;
    if (key.text === "<<" && key.style === "plain") {
      source.skip(key, "GitHub does not read merge keys");
      continue;
    }
    const lower = key.text.toLowerCase();
    if (folded.has(lower)) source.skip(key, `the key ${quoted(key.text)} is there twice: GitHub refuses the file`);
    else if (known?.has(key.text) === false) source.skip(key, `${what} has an unknown key ${quoted(key.text)}`);
    folded.add(lower);
    named.set(key.text, entry);
  }
  return {
    map: node,
    get: (key) => named.get(key)?.value,
    entry: (key) => named.get(key),
    entries: [...named.values()],
  };
}

/** The text of a scalar; undefined where it is missing, or something else, which is told. */
export function textAt(
  source: Source,
  node: PlacedNode | undefined,
  what: string,
  form: ExpressionForm = "template",
): Text | undefined {
  if (node === undefined) return undefined;
  if (node.kind === "scalar") return isNothing(node) ? undefined : source.textOf(node, form);
  source.skip(node, `${what} is ${kindOf(node)}, not a text`);
  return undefined;
}

/** A key without a value. */
export function isNothing(node: PlacedNode): boolean {
  return node.kind === "scalar" && node.start === node.end && node.style === "plain";
}

/** One text or a list of them. */
export function textsAt(source: Source, node: PlacedNode | undefined, what: string, form?: ExpressionForm): Text[] {
  if (node === undefined || isNothing(node)) return [];
  if (node.kind === "scalar") return [source.textOf(node, form)];
  if (node.kind === "sequence") return node.items.flatMap((item) => textAt(source, item, what, form) ?? []);
  source.skip(node, `${what} is a mapping, not a list`);
  return [];
}

/** Entries of a mapping of any keys. Values that are no scalars are told, unless they are `nested`. */
export function fieldsAt(source: Source, node: PlacedNode | undefined, what: string, nested?: "nested"): Field[] {
  if (node === undefined || isNothing(node) || computedAt(source, node) !== undefined) return [];
  return (keysOf(source, node, what)?.entries ?? []).map(({ key, value }) => {
    const text = nested === "nested" && value.kind !== "scalar" ? undefined : textAt(source, value, `${what}'s value`);
    return {
      key: source.textOf(key),
      ...(text === undefined ? {} : { value: text }),
      place: placeOfEntry(source, key, value),
    };
  });
}

/** An expression where others have a mapping. */
export function computedAt(source: Source, node: PlacedNode | undefined): Text | undefined {
  const text = node?.kind === "scalar" && !isNothing(node) ? source.textOf(node) : undefined;
  return text !== undefined && text.expressions.length > 0 ? text : undefined;
}

/** The key and its value; of an alias the key alone, as its value stands elsewhere. */
export function placeOfEntry(source: Source, key: PlacedScalar, value: PlacedNode): Place {
  return source.place(key.start, value.start < key.start ? key.end : Math.max(key.end, value.end));
}

export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}

/** The pair's object where there is a value, for optional fields. */
export function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [Name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [Name in Key]?: Value });
}
