/** The one place where values of Secrets are read: from the text of a file that holds them, and kept by nobody. */

import type { YamlMap, YamlNode } from "../../formats/yaml/model.ts";
import { bounds } from "./bounds.ts";
import type { FieldPath } from "./field-path.ts";
import { documentNode } from "./locate.ts";
import type { KubernetesObject } from "./object-model.ts";

export interface StatedSecretValue {
  readonly key: string;
  /** Of `data` without its base64, where it is in base64. */
  readonly text: string;
  /** From the object's root. */
  readonly field: FieldPath;
}

/** Nothing of a cluster's Secret. What SOPS encrypted (its documentation, "Encrypting Kubernetes Secrets") is as it stands. */
export function statedSecretValues({ kind, source }: KubernetesObject): readonly StatedSecretValue[] {
  if (kind !== "Secret" || source.kind !== "file") return [];
  let { node } = documentNode(source.text, source.document);
  for (const step of source.root) node = node === undefined ? undefined : childOf(node, step);
  if (node?.kind !== "map") return [];
  return [...valuesIn(node, "stringData", plain), ...valuesIn(node, "data", decoded)];
}

function valuesIn(object: YamlMap, name: string, read: (value: string) => string): StatedSecretValue[] {
  const map = childOf(object, name);
  if (map?.kind !== "map") return [];
  return map.entries.flatMap(({ key, value }) =>
    value.kind === "scalar" && typeof value.value === "string"
      ? [{ key, text: read(value.value), field: [name, key] }]
      : [],
  );
}

function childOf(node: YamlNode, step: string | number): YamlNode | undefined {
  if (node.kind === "sequence") return typeof step === "number" ? node.items[step] : undefined;
  if (node.kind !== "map") return undefined;
  return node.entries.findLast(({ key }) => key === String(step))?.value;
}

function plain(value: string): string {
  return value;
}

/** What is no base64 the API server would refuse; in the file it stands all the same, in clear. */
function decoded(value: string): string {
  const packed = value.replace(/\s/g, "");
  const isBase64 = packed.length <= bounds.kubernetesFileBytes && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
  return isBase64 && packed.length % 4 === 0 ? Buffer.from(packed, "base64").toString("utf8") : value;
}
