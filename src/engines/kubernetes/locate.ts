import type { Location } from "../../core/location.ts";
import { createRecent } from "../../core/recent.ts";
import { detached } from "../../core/strings.ts";
import { readDocument } from "../../formats/yaml/documents.ts";
import { linePosition } from "../../formats/yaml/line-position.ts";
import type { DocumentRange, ManifestText, YamlEntry, YamlNode } from "../../formats/yaml/model.ts";
import { type FieldPath, formatFieldPath } from "./field-path.ts";
import { describeObject } from "./object.ts";
import type { FileSource, KubernetesObject } from "./object-model.ts";

/** Where a field stands in its file's text: offsets in UTF-16 units, lines and columns from 1. */
export interface FieldRange {
  /** The path that was found: the whole one, or the deepest part of it that is stated. */
  readonly field: FieldPath;
  /** Whether that is the whole path. */
  readonly stated: boolean;
  /** The value; of a collection in block style without the white space before its first and behind its last value. */
  readonly start: number;
  readonly end: number;
  /** The key that the value stands behind; absent for an item of a sequence and for the root. */
  readonly key?: { readonly start: number; readonly end: number };
  /** It is reached through an alias or a merge key: whoever changes it changes other places too. */
  readonly shared: boolean;
  /** Of the key, or of the value where there is none. */
  readonly line: number;
  readonly column: number;
}

/**
 * Looks a field up in the source. Parses its document anew, and keeps the last few: ask for the fields of one object
 * together.
 *
 * @param field - from the object's root; of a Compose service the field of its pod
 */
export function fieldRange(source: FileSource, field: FieldPath): FieldRange {
  const path = [...source.root, ...field];
  const { text } = source;
  const range = text.documents[source.document] ?? { start: 0, end: text.text.length };
  const { node: root, offset } =
    source.node === undefined ? documentNode(text, source.document) : { node: source.node, offset: 0 };
  let node: YamlNode | undefined = root;
  let entry: YamlEntry | undefined;
  let shared = false;
  let depth = 0;
  for (const step of source.fields === undefined ? path : composePath(source, field)) {
    const next: YamlEntry | YamlNode | undefined = node === undefined ? undefined : stepInto(node, step);
    if (next === undefined) break;
    entry = "value" in next && "key" in next ? next : undefined;
    node = entry === undefined ? (next as YamlNode) : entry.value;
    shared ||= entry?.shared === true;
    depth++;
  }
  const whole = source.fields === undefined ? path : composePath(source, field);
  const start = node === undefined ? range.start : offset + node.start;
  const place = linePosition(text, entry === undefined ? start : offset + entry.keyStart);
  return {
    field: whole.slice(0, depth).slice(source.fields === undefined ? source.root.length : 0),
    stated: depth === whole.length && node !== undefined,
    start,
    end: node === undefined ? range.end : offset + node.end,
    ...(entry === undefined ? {} : { key: { start: offset + entry.keyStart, end: offset + entry.keyEnd } }),
    shared,
    ...place,
  };
}

/** Of a pod's field, where the Compose service states it: the longest beginning of its path that has a counterpart. */
function composePath({ fields, root }: FileSource, field: FieldPath): FieldPath {
  for (let length = field.length; length > 0; length--) {
    const found = fields?.get(formatFieldPath(field.slice(0, length)));
    if (found !== undefined) return found;
  }
  return root;
}

function stepInto(node: YamlNode, step: string | number): YamlEntry | YamlNode | undefined {
  if (node.kind === "sequence") return typeof step === "number" ? node.items[step] : undefined;
  if (node.kind !== "map") return undefined;
  // Of a key that is there twice the last counts.
  const name = String(step);
  for (let at = node.entries.length - 1; at >= 0; at--) {
    const entry = node.entries[at];
    if (entry?.key === name) return entry;
  }
  return undefined;
}

interface PlacedDocument {
  /** Undefined where it cannot be read, or holds nothing. */
  readonly node: YamlNode | undefined;
  /** What the offsets of its nodes begin at. */
  readonly offset: number;
}

/** Characters of the documents that were read lately: a finding is often of two, a binding and its role. */
const READ_LENGTH = 128 * 1024;
const lately = createRecent<DocumentRange, PlacedDocument>(READ_LENGTH);

/** A document of a text, read anew unless it was asked for lately. */
export function documentNode(text: ManifestText, document: number): PlacedDocument {
  const range = text.documents[document];
  if (range === undefined) return { node: undefined, offset: 0 };
  const known = lately.get(range);
  if (known !== undefined) return known;
  const { content, offset } = text.part(range.start);
  const [start, end] = [range.start - offset, range.end - offset];
  // Its nodes hold what they are cut from: of a part that would be many times the document.
  const own =
    typeof content === "string" ? detached(content.slice(start, end)) : content.toString("latin1", start, end);
  const node = readDocument(own, { start: 0, end: own.length }).node ?? undefined;
  const placed = { node, offset: range.start };
  lately.set(range, placed, range.end - range.start);
  return placed;
}

/** Of an object of a cluster, by what it and its field are called; the field is empty where it is the whole object. */
export function objectLocation(object: string, field: string): Location {
  return field === "" ? { kind: "object", object } : { kind: "object", object, field };
}

/**
 * For a finding: the file's line and column of the field, or of the deepest part of its path that is stated. Of an object
 * of a cluster the object and the path.
 */
export function locationOf(object: KubernetesObject, field: FieldPath = []): Location {
  const { source } = object;
  if (source.kind === "cluster") return objectLocation(describeObject(object), formatFieldPath(field));
  const { path } = source.text;
  if (source.line !== undefined && source.column !== undefined && field.length === 0) {
    return { kind: "file", path, line: source.line, column: source.column };
  }
  const { line, column } = fieldRange(source, field);
  return { kind: "file", path, line, column };
}
