import { isObject } from "../../../core/untyped.ts";
import type { KubernetesObject, ObjectSource } from "../object-model.ts";
import { type Fields, stated } from "./fields.ts";

type Plain = Readonly<Record<string, unknown>>;

/** An object's own words about itself; `raw` must have apiVersion and kind. */
export function readObject(raw: Plain, root: Fields, source: ObjectSource): KubernetesObject {
  const apiVersion = root.string("apiVersion") ?? "";
  const slash = apiVersion.indexOf("/");
  const kind = root.string("kind") ?? "";
  const metadata = root.fields("metadata") ?? root.empty();
  return stated({
    apiVersion,
    group: slash < 0 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    namespace: metadata.string("namespace") || undefined,
    name: metadata.string("name") ?? "",
    generateName: metadata.string("generateName"),
    labels: metadata.stringMap("labels"),
    annotations: withoutCopies(metadata.stringMap("annotations"), kind),
    ownerReferences: metadata.list("ownerReferences").map((owner) =>
      stated({
        apiVersion: owner.string("apiVersion") ?? "",
        kind: owner.string("kind") ?? "",
        name: owner.string("name") ?? "",
        controller: owner.boolean("controller"),
      }),
    ),
    creationTimestamp: metadata.string("creationTimestamp"),
    deletionTimestamp: metadata.string("deletionTimestamp"),
    uid: metadata.string("uid"),
    source,
    raw: withoutSecrets(raw, kind),
  });
}

/** What `kubectl apply` keeps of the object as it was applied: of a Secret its values. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

function withoutCopies(annotations: Readonly<Record<string, string>>, kind: string): Readonly<Record<string, string>> {
  if (kind !== "Secret" || !Object.hasOwn(annotations, LAST_APPLIED)) return annotations;
  return { ...annotations, [LAST_APPLIED]: "" };
}

function withoutSecrets(raw: Plain, kind: string): Plain {
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
  return JSON.parse(JSON.stringify(raw, (key, value) => (key === "secret" ? "" : value)));
}

function emptied(values: unknown): unknown {
  return isObject(values) ? Object.fromEntries(Object.keys(values).map((key) => [key, ""])) : "";
}
