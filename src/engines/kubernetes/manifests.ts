/** Manifests of Kubernetes and Compose files, as facts. */

import { createStrings, type Strings } from "../../core/strings.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import { cutDocuments, foreignLineBreak, readDocument } from "../../formats/yaml/documents.ts";
import { linePosition } from "../../formats/yaml/line-position.ts";
import type { PackableText } from "../../formats/yaml/manifest-text.ts";
import type { ManifestText, YamlFault } from "../../formats/yaml/model.ts";
import { plainValue } from "../../formats/yaml/value.ts";
import { bounds } from "./bounds.ts";
import { readComposeDocument } from "./compose/document.ts";
import type { ComposeVariables } from "./compose/interpolate.ts";
import { isComposeFile } from "./compose/name.ts";
import { readComposeServices } from "./compose/read.ts";
import type { FieldPath } from "./field-path.ts";
import { formatFieldPath } from "./field-path.ts";
import { fieldRange } from "./locate.ts";
import type { Manifests } from "./model.ts";
import type { ClusterSource, FileSource, KubernetesObject, ManifestGap, ObjectSource } from "./object-model.ts";
import { withoutSecrets } from "./raw.ts";
import { createCollected, listSaysAll } from "./read/collected.ts";
import { CORE_VERSION, isCoreKind } from "./read/core-kinds.ts";
import { type Fields, fieldsOf, type WrongType } from "./read/fields.ts";
import { readObject } from "./read/object.ts";

export interface ManifestFile {
  /** Relative to the folder that is judged, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export type TextBeside = (path: string) => string | undefined;

/** Takes files and objects one by one. */
export interface ManifestReader {
  /**
   * @param variables - of a Compose file, what the `.env` beside it sets; absent: there is none
   * @param beside - the text of another file by its path from this one's folder; undefined where it is none of the tree's
   */
  file(path: string, text: string, variables?: ComposeVariables, beside?: TextBeside): void;
  /** An object, or a List of them, as an API server answers. */
  object(raw: unknown, source: ClusterSource): void;
  gap(gap: ManifestGap): void;
  manifests(): Manifests;
}

/** Reads all of them. Never throws for what they contain: what is not read is among the gaps. */
export function readManifests(files: Iterable<ManifestFile>): Manifests {
  const reader = manifestReader();
  for (const { path, text } of files) reader.file(path, text);
  return reader.manifests();
}

/** Whether there are objects in a text, or what may be some and cannot be read. */
export function holdsObjects(text: string): boolean {
  const { objects, gaps } = readManifests([{ path: "", text }]);
  return (
    objects.some(({ apiVersion }) => apiVersion !== "compose") || gaps.some(({ code }) => code !== "kubernetes.type")
  );
}

/**
 * Whether one of a text's documents may be an object to any reader: its root has one of an object's keys, in any case, as
 * Go's JSON takes them, or it cannot be told. A workflow with a manifest in one of its texts has none.
 */
export function rootsNameObjects(text: string): boolean {
  const { text: manifest, over, faults: cuts } = cutDocuments("", text, bounds.kubernetesDocuments);
  if (over || cuts.length > 0) return true;
  let slowLength = 0;
  for (const range of manifest.documents) {
    if (slowLength > bounds.kubernetesSlowTotalLength) return true;
    const { node, faults, slow } = readDocument(text, range);
    if (slow) slowLength += range.end - range.start;
    if (node === undefined || faults.length > 0) return true;
    if (node?.kind === "map" && node.entries.some(({ key }) => OBJECT_KEY.test(key.normalize("NFKC")))) return true;
  }
  return false;
}

const OBJECT_KEY = /^(?:kind|apiversion|items)$/i;

/** A policy of ours names a version and no kind. With another of an object's keys, in any case, it may be one to somebody. */
function isOwnPolicy(value: Readonly<Record<string, unknown>>): boolean {
  if (value.apiVersion !== "bulkhead/v1") return false;
  return Object.keys(value).every((key) => key === "apiVersion" || !OBJECT_KEY.test(key.normalize("NFKC")));
}

/** Characters of all texts together, up to which they are held as they are. */
const UNPACKED_LENGTH = 32 * 1024 * 1024;

/**
 * @param mostObjects - of all that is read together
 * @param strings - every text of an object goes through it; absent: equal ones are held once
 */
export function manifestReader(
  mostObjects: number = bounds.kubernetesObjects,
  strings: Strings = createStrings(SHARED_TEXTS),
): ManifestReader {
  const collected = createCollected(mostObjects);
  let slowLength = 0;
  const whole: PackableText[] = [];
  let wholeLength = 0;

  /** Packing costs more than it saves where there is little: a part is unpacked for nearly every finding. */
  function hold(manifest: PackableText): void {
    whole.push(manifest);
    wholeLength += manifest.length;
    if (wholeLength <= UNPACKED_LENGTH) return;
    for (const each of whole.splice(0)) each.pack();
  }

  function file(path: string, text: string, variables: ComposeVariables = new Map(), beside?: TextBeside): void {
    if (text.length > bounds.kubernetesFileBytes) {
      const reason = `more than ${bounds.kubernetesFileBytes} characters`;
      collected.gap({ code: "kubernetes.bound", reason, path });
      return;
    }
    const { text: manifest, over, faults } = cutDocuments(path, text, bounds.kubernetesDocuments);
    lineBreaks(manifest);
    for (const { code, offset, reason, document: index } of faults.slice(0, bounds.kubernetesDocumentGaps)) {
      collected.gap({ code: `kubernetes.${code}`, reason, path, document: index, ...linePosition(manifest, offset) });
    }
    const services: number[] = [];
    for (let index = 0; index < manifest.documents.length; index++) {
      if (collected.isFull()) return;
      if (composeDocument(manifest, index, variables, beside)) services.push(index);
      else document(manifest, index);
    }
    hold(manifest);
    const [, second] = services;
    if (second !== undefined) {
      const reason = "Compose merges several documents; each was read by itself";
      const { start = 0 } = manifest.documents[second] ?? {};
      collected.gap({ code: "kubernetes.compose-documents", reason, path, ...linePosition(manifest, start) });
    }
    if (over) {
      const reason = `more than ${bounds.kubernetesDocuments} documents; the rest was not read`;
      collected.gap({ code: "kubernetes.bound", reason, path });
    }
  }

  /** What might be a field to Kubernetes, and is a comment or a text to others. */
  function lineBreaks(manifest: ManifestText): void {
    const offset = foreignLineBreak(manifest.text);
    if (offset === undefined) return;
    const reason = "a line separator that ends a line for Kubernetes only";
    const place = linePosition(manifest, offset);
    collected.gap({ code: "kubernetes.line-separator", reason, path: manifest.path, ...place });
  }

  /** Answers whether it is for Compose alone. */
  function composeDocument(
    manifest: ManifestText,
    index: number,
    variables: ComposeVariables,
    beside?: TextBeside,
  ): boolean {
    const { path, text } = manifest;
    const range = manifest.documents[index] ?? { start: 0, end: 0 };
    const named = isComposeFile(path);
    // What names it as such may be written with escapes, but not in a file that is called otherwise.
    if (!named && !/^["']?services["']?[ \t]*:/m.test(text.slice(range.start, range.end))) return false;
    if (slowLength > bounds.kubernetesSlowTotalLength) return false;
    const { node, faults } = readComposeDocument(text, range);
    if (node === null) return named;
    slowLength += faults.length > 0 ? range.end - range.start : 0;
    if (node === undefined) {
      if (!named) return false;
      const isTemplate = text.slice(range.start, range.end).includes("{{");
      for (const { code, offset, reason } of faults) {
        const about = isTemplate
          ? { code: "kubernetes.template", reason: TEMPLATE }
          : { code: `kubernetes.${code}`, reason };
        collected.gap({ ...about, path, document: index, ...linePosition(manifest, offset) });
      }
      return true;
    }
    const value = plainValue(node, []);
    if (!isObject(value) || Object.hasOwn(value, "kind") || (!isObject(value.services) && !named)) return false;
    const source: FileSource = { kind: "file", text: manifest, document: index, root: [], node };
    const others = beside === undefined ? {} : { beside: (other: string) => composeFileOf(beside(other)) };
    readComposeServices({ file: value, source, path, variables, strings, ...others }, collected);
    return true;
  }

  function document(manifest: ManifestText, index: number): void {
    const { path, text } = manifest;
    const range = manifest.documents[index] ?? { start: 0, end: 0 };
    const tell = ({
      code,
      offset,
      reason,
    }: Omit<YamlFault, "code"> & { readonly code: YamlFault["code"] | "template" }) =>
      collected.gap({ code: `kubernetes.${code}`, reason, path, document: index, ...linePosition(manifest, offset) });
    if (slowLength > bounds.kubernetesSlowTotalLength) {
      tell({ code: "bound", offset: range.start, reason: "too many unusual forms before this place" });
      return;
    }
    const { node, faults, slow } = readDocument(text, range);
    if (slow) slowLength += range.end - range.start;
    const found = [...faults];
    const value = node === null || node === undefined ? undefined : plainValue(node, found);
    const isTemplate = node === undefined && text.slice(range.start, range.end).includes("{{");
    for (const fault of found.slice(0, bounds.kubernetesDocumentGaps)) {
      tell(isTemplate ? { ...fault, code: "template", reason: TEMPLATE } : fault);
    }
    if (found.length > bounds.kubernetesDocumentGaps) {
      const reason = `${found.length - bounds.kubernetesDocumentGaps} more faults in this document`;
      tell({ code: "bound", offset: range.start, reason });
    }
    if (node === null || node === undefined || value === null) return;
    const { line, column } = linePosition(manifest, node.start);
    const source: FileSource = { kind: "file", text: manifest, document: index, root: ROOT, line, column };
    visit(value, source, 0);
  }

  function visit(value: unknown, source: ObjectSource, depth: number, listKind = "", listVersion = ""): void {
    if (collected.isFull()) return;
    const place = () => placeOf(source, []);
    if (!isObject(value)) {
      collected.gap({ code: "kubernetes.type", reason: "expected an object (a map)", ...place() });
      return;
    }
    if (isOwnPolicy(value)) return;
    const kind = value.kind ?? (listKind || undefined);
    let apiVersion = value.apiVersion ?? (listVersion || undefined);
    if ((apiVersion === undefined || apiVersion === "") && isCoreKind(kind)) {
      const reason = "no apiVersion: kubectl assumes v1, other readers reject the object";
      collected.gap({ code: "kubernetes.version", reason, ...place() });
      apiVersion = CORE_VERSION;
    }
    if (typeof kind !== "string" || typeof apiVersion !== "string" || kind === "" || apiVersion === "") {
      const reason = "an object requires apiVersion and kind, both strings";
      collected.gap({ code: "kubernetes.type", reason, ...place() });
      return;
    }
    foldedKeys(value, source);
    if (!Object.hasOwn(value, "items")) {
      one({ ...value, kind, apiVersion }, source, depth);
      return;
    }
    // Whatever has items is a list of them to kubectl (apimachinery, unstructuredJSONScheme), and nothing besides.
    if (!kind.endsWith("List")) {
      const reason = `kubectl takes it for a list of its items, since it has such; others for the ${kind} that it says it is`;
      collected.gap({ code: "kubernetes.list", reason, ...placeOf(source, ["items"]) });
      one({ ...value, kind, apiVersion }, source, depth);
    } else if (!Array.isArray(value.items)) {
      if (value.items !== null) {
        collected.gap({ code: "kubernetes.type", reason: "items: expected a list", ...placeOf(source, ["items"]) });
      }
      // Within a list, it is an object like others.
      if (depth > 0) one({ ...value, kind, apiVersion }, source, depth);
    }
    if (!Array.isArray(value.items)) return;
    if (depth >= bounds.kubernetesListDepth) {
      const reason = `more than ${bounds.kubernetesListDepth} lists within lists`;
      collected.gap({ code: "kubernetes.bound", reason, ...place() });
      return;
    }
    const itemKind = kind.endsWith("List") ? kind.slice(0, -"List".length) : kind;
    value.items.forEach((item, index) => {
      const own = within(source, ["items", index]);
      visit(item, own, depth + 1, itemKind, itemKind === "" ? "" : apiVersion);
    });
  }

  /** Objects that stand within another: a template's, or those that an operator makes as they are written. */
  function inner(
    holder: Readonly<Record<string, unknown>>,
    source: ObjectSource,
    path: FieldPath,
    depth: number,
  ): void {
    if (depth >= bounds.kubernetesListDepth) {
      const reason = `more than ${bounds.kubernetesListDepth} objects within objects`;
      collected.gap({ code: "kubernetes.bound", reason, ...placeOf(source, path) });
      return;
    }
    const own = within(source, path);
    visit(valueAt(holder, path), own, depth + 1);
  }

  /** An API server that looks for the kind takes `Kind` for it as well (Go's encoding/json), and the last of them. */
  function foldedKeys(value: Readonly<Record<string, unknown>>, source: ObjectSource): void {
    for (const key of Object.keys(value)) {
      const name = ROOT_KEYS.get(key.toUpperCase().toLowerCase());
      if (name === undefined || name === key) continue;
      const reason = `readers differ on whether ${JSON.stringify(key)} is ${name}`;
      collected.gap({ code: "kubernetes.folded-key", reason, ...placeOf(source, [key]) });
    }
  }

  function one(raw: Readonly<Record<string, unknown>>, source: ObjectSource, depth: number): void {
    const wrong: { readonly field: FieldPath; readonly reason: string }[] = [];
    let more = 0;
    const tell = (field: FieldPath, reason: string) => {
      if (wrong.length < bounds.kubernetesObjectGaps) wrong.push({ field, reason });
      else more++;
    };
    const root = fieldsOf(raw, tell, strings);
    const at = (path: FieldPath, wrongType: WrongType): Fields => {
      const value = valueAt(raw, path);
      return fieldsOf(isObject(value) ? value : {}, wrongType, strings, path);
    };
    const fields = (path: FieldPath): Fields => (path.length === 0 ? root : at(path, tell));
    const untyped = (path: FieldPath): Fields => at(path, () => undefined);
    const stated = readObject(root, source);
    const held = source.kind === "cluster" && !listSaysAll(stated);
    const object = held ? { ...stated, raw: withoutSecrets(raw, stated.kind) } : stated;
    const gap = (code: string, field: FieldPath, reason: string): ManifestGap => ({
      code,
      reason,
      ...placeOf(source, field, object),
      object,
      field,
    });
    const objects = collected.object(object, { raw, fields, untyped, strings, gap });
    // A field may be asked for twice: it is told once.
    const told = new Map<string, ManifestGap>();
    for (const { field, reason } of wrong) {
      const text = `${formatFieldPath(field)}: ${reason}`;
      if (told.has(text)) continue;
      told.set(text, gap("kubernetes.type", field, text));
    }
    for (const one of [...told.values()].sort(byPlace)) collected.gap(one);
    if (more > 0) {
      const reason = `${more} more fields of a wrong type`;
      collected.gap({ code: "kubernetes.type", reason, ...placeOf(source, [], object), object });
    }
    for (const path of objects) inner(raw, source, path, depth);
  }

  return {
    file,
    object: (raw, source) => visit(raw, source, 0),
    gap: collected.gap,
    manifests: collected.manifests,
  };
}

/** A Compose file of one document; undefined where it is none, or cannot be read as one. */
function composeFileOf(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined || text.length > bounds.composeBesideLength) return undefined;
  const { node } = readComposeDocument(text, { start: 0, end: text.length });
  const value = node === undefined || node === null ? undefined : plainValue(node, []);
  return isObject(value) ? value : undefined;
}

/** Of an object that stands in another. */
function within(source: ObjectSource, path: FieldPath): ObjectSource {
  if (source.kind === "cluster") return source;
  const { line: _, column: __, ...holder } = source;
  return { ...holder, root: [...source.root, ...path] };
}

function byPlace(a: ManifestGap, b: ManifestGap): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** Keys of an object's root, folded → as they are. */
const ROOT_KEYS: ReadonlyMap<string, string> = new Map(
  ["apiVersion", "kind", "metadata", "items", "spec"].map((name) => [name.toLowerCase(), name]),
);

const ROOT: FieldPath = [];
/** Different texts of all objects; of 59,000 objects they are some 20,000. */
const SHARED_TEXTS = 200_000;

const TEMPLATE = "a template: render it first and audit the result";

function placeOf(source: ObjectSource, field: FieldPath, object?: KubernetesObject) {
  if (source.kind === "cluster") {
    return {
      path: source.cluster + (object === undefined ? "" : ` ${object.kind} ${object.namespace ?? ""}/${object.name}`),
    };
  }
  const { line, column } = fieldRange(source, field);
  return { path: source.text.path, line, column };
}
