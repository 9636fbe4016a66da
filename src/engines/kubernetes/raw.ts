/** Whole objects as plain values. Few checks look so deep, and of 59,000 objects they would be a third of all memory. */
import { parseJson } from "../../core/parse-json.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import { plainValue } from "../../formats/yaml/value.ts";
import { documentNode } from "./locate.ts";
import type { KubernetesObject, ObjectSource } from "./object-model.ts";

export type RawObject = Readonly<Record<string, unknown>>;

/**
 * The whole object as plain values, typed by nobody; an object of a file is read anew. Of a Secret, and of an
 * EncryptionConfiguration, every value is replaced by the empty text; the annotation of `kubectl apply` that repeats them
 * too.
 */
export function rawOf(object: KubernetesObject): RawObject {
  if (object.raw !== undefined) return object.raw;
  if (last?.source !== object.source) last = { source: object.source, raw: readAnew(object) };
  return last.raw;
}

/** The last one that was read: checks ask for one object again and again. */
let last: { readonly source: ObjectSource; readonly raw: RawObject } | undefined;

function readAnew({ apiVersion, kind, source }: KubernetesObject): RawObject {
  if (source.kind !== "file") return {};
  const { node } = documentNode(source.text, source.document);
  const value = node === undefined ? undefined : valueAt(plainValue(node, []), source.root);
  // An item of a list may leave both to the list.
  return isObject(value) ? withoutSecrets({ ...value, apiVersion, kind }, kind) : {};
}

/** What `kubectl apply` keeps of the object as it was applied: of a Secret its values. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

export function withoutSecrets(raw: RawObject, kind: string): RawObject {
  if (kind === "Secret") {
    const { data, stringData, metadata, ...others } = raw;
    const kept: Record<string, unknown> = { ...others };
    if (data !== undefined) kept.data = emptied(data);
    if (stringData !== undefined) kept.stringData = emptied(stringData);
    if (metadata !== undefined) {
      kept.metadata =
        isObject(metadata) && isObject(metadata.annotations) && Object.hasOwn(metadata.annotations, LAST_APPLIED)
          ? { ...metadata, annotations: { ...metadata.annotations, [LAST_APPLIED]: "" } }
          : metadata;
    }
    return kept;
  }
  if (kind !== "EncryptionConfiguration" && kind !== "EncryptionConfig") return raw;
  return parseJson(JSON.stringify(raw, (key, value) => (key === "secret" ? "" : value))) as typeof raw;
}

function emptied(values: unknown): unknown {
  return isObject(values) ? Object.fromEntries(Object.keys(values).map((key) => [key, ""])) : "";
}
