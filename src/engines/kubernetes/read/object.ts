import type { KubernetesObject, ObjectSource } from "../object-model.ts";
import { LAST_APPLIED } from "../raw.ts";
import { type Fields, stated } from "./fields.ts";

/** An object's own words about itself; it must have apiVersion and kind. */
export function readObject(root: Fields, source: ObjectSource): KubernetesObject {
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
  });
}

function withoutCopies(annotations: Readonly<Record<string, string>>, kind: string): Readonly<Record<string, string>> {
  if (kind !== "Secret" || !Object.hasOwn(annotations, LAST_APPLIED)) return annotations;
  return { ...annotations, [LAST_APPLIED]: "" };
}
