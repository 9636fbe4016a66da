/** A Secret with values in a file as an ExternalSecret of the policy's store: the same name and keys, and no value. */
import type { FieldPatch, Fix } from "../../../core/finding.ts";
import { isObject } from "../../../core/untyped.ts";
import { type KubernetesObject, rawOf } from "../../../engines/kubernetes/model.ts";
import { clip, SENTENCE } from "../../findings/one-line.ts";
import { gradeOfFix } from "../../knowledge/fix-grades.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
/** Fields that an ExternalSecret has not. */
const OWN = ["data", "stringData", "type", "immutable"];

/**
 * Undefined where it would lose something: what is encrypted, has no name, or keeps its values in an annotation too.
 *
 * @param store - `ClusterSecretStore/prod`
 */
export function externalSecretFix(object: KubernetesObject, store: string): Fix | undefined {
  const { name, namespace, source, annotations } = object;
  if (object.kind !== "Secret" || source.kind !== "file" || name === "") return undefined;
  const raw = rawOf(object);
  if (raw.sops !== undefined || Object.hasOwn(annotations, LAST_APPLIED)) return undefined;
  const keys = [
    ...new Set(["data", "stringData"].flatMap((list) => (isObject(raw[list]) ? Object.keys(raw[list]) : []))),
  ];
  if (keys.length === 0) return undefined;
  const [kind = "", storeName = ""] = store.split("/");
  const remote = `${namespace ?? "default"}/${name}`;
  const type = typeof raw.type === "string" && raw.type !== "Opaque" ? raw.type : undefined;
  const spec = {
    refreshInterval: "1h",
    secretStoreRef: { kind, name: storeName },
    target: { name, ...(type === undefined ? {} : { template: { type } }) },
    data: keys.sort().map((key) => ({ secretKey: key, remoteRef: { key: remote, property: key } })),
  };
  const patches: [FieldPatch, ...FieldPatch[]] = [
    { path: ["apiVersion"], op: "set", value: "external-secrets.io/v1" },
    { path: ["kind"], op: "set", value: "ExternalSecret" },
    ...OWN.filter((field) => Object.hasOwn(raw, field)).map((field): FieldPatch => ({ path: [field], op: "remove" })),
    { path: ["spec"], op: "set", value: spec },
  ];
  return {
    kind: "patch",
    text: clip(
      `revoke the values, put new ones into ${store} as ${remote}, and have an ExternalSecret bring them`,
      SENTENCE,
    ),
    ...gradeOfFix("workload/secret-in-manifest"),
    patches,
  };
}
