/** What workloads and namespaces are called in reports. */
import type { NamespaceAsset, WorkloadAsset } from "../../core/asset.ts";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import {
  callName,
  ENGINE_CONTAINER,
  type KubernetesObject,
  lineageOf,
  type Manifests,
} from "../../engines/kubernetes/model.ts";
import { type FoundNamespace, scopeOf } from "./namespaces.ts";

export function workloadAsset(object: KubernetesObject, several?: ReadonlySet<string>): WorkloadAsset {
  const lineage = lineageOf(object, scopeOf(object)).slice(0, kubernetesBounds.assetNameLength);
  const name = workloadName(object);
  return { kind: "workload", id: lineage, lineage, name, ...placeIn(object, several?.has(name)), ...seenOn(object) };
}

/** What an engine runs is of its host, and of no directory. */
function seenOn({ kind, source }: KubernetesObject): Pick<WorkloadAsset, "seenOn"> {
  return kind === ENGINE_CONTAINER && source.kind === "cluster" ? { seenOn: source.cluster } : {};
}

export function workloadName(object: KubernetesObject): string {
  const { kind, namespace } = object;
  const parts = [...(namespace === undefined ? [] : [namespace]), kind, callName(object)];
  return parts.join("/").slice(0, kubernetesBounds.assetNameLength);
}

export function namespaceAsset(
  { scope, name, namespace }: FoundNamespace,
  several?: ReadonlySet<string>,
): NamespaceAsset {
  const lineage = `${scope}/Namespace/${name}`.slice(0, kubernetesBounds.assetNameLength);
  const place = placeIn(namespace?.object, several?.has(name));
  return { kind: "namespace", id: lineage, lineage, name: name.slice(0, kubernetesBounds.assetNameLength), ...place };
}

function placeIn(object: KubernetesObject | undefined, isWanted = false): { readonly place?: string } {
  return isWanted && object?.source.kind === "file"
    ? { place: object.source.text.path.slice(0, kubernetesBounds.assetNameLength) }
    : {};
}

/** Names that objects of more than one file have. */
export function inSeveralFiles(
  objects: readonly KubernetesObject[],
  nameOf: (object: KubernetesObject) => string,
): ReadonlySet<string> {
  const files = new Map<string, string>();
  const several = new Set<string>();
  for (const object of objects) {
    if (object.source.kind !== "file") continue;
    const name = nameOf(object);
    const { path } = object.source.text;
    if ((files.get(name) ?? path) !== path) several.add(name);
    files.set(name, path);
  }
  return several;
}

/** Names of namespaces that more than one file states. */
export function namespacesInSeveralFiles({ namespaces }: Manifests): ReadonlySet<string> {
  return inSeveralFiles(
    namespaces.map(({ object }) => object),
    ({ name }) => name,
  );
}
