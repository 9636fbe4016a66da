/** Fixes as strategic-merge patches in a kustomization, for whoever does not change the manifests themselves. */

import { stringify } from "yaml";
import type { FieldPatch } from "../../core/finding.ts";
import { isObject } from "../../core/untyped.ts";
import { type FieldPath, type KubernetesObject, lineageOf, rawOf } from "../../engines/kubernetes/model.ts";
import type { WorkloadFixes } from "./fixes.ts";
import { isOfFile } from "./object-places.ts";

/** By which field kustomize tells the items of a list (Kubernetes API reference, "patch strategy: merge"). */
const MERGE_KEYS: ReadonlyMap<string, string> = new Map([
  ["containers", "name"],
  ["initContainers", "name"],
  ["ephemeralContainers", "name"],
  ["volumes", "name"],
  ["env", "name"],
  ["volumeMounts", "mountPath"],
  ["ports", "containerPort"],
]);

/** The text of a `kustomization.yaml` in the folder of the manifests. Empty where nothing was made. */
export function kustomization({ made, manifests }: WorkloadFixes): string {
  const now = new Map(manifests.objects.filter(isOfFile).map((object) => [keyOf(object), object]));
  const patches = [...Map.groupBy(made, ({ object }) => keyOf(object))].flatMap(([key, fixes]) => {
    const object = now.get(key);
    const [first] = fixes;
    if (object === undefined || first === undefined) return [];
    const merge = mergePatch(
      object,
      fixes.flatMap((fix) => fix.patches),
    );
    return [{ patch: stringify(merge, { aliasDuplicateObjects: false, lineWidth: 0 }) }];
  });
  if (patches.length === 0) return "";
  const resources = [...new Set(made.map(({ object }) => object.source.text.path))].sort();
  return stringify(
    { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources, patches },
    { lineWidth: 0 },
  );
}

function keyOf(object: WorkloadFixes["made"][number]["object"]): string {
  return lineageOf(object, `${object.source.text.path} ${object.source.document}`);
}

function mergePatch(object: KubernetesObject, patches: readonly FieldPatch[]): unknown {
  const { apiVersion, kind, name, namespace } = object;
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const patch: Record<string, unknown> = { apiVersion, kind, metadata };
  for (const { path } of patches) merge(patch, rawOf(object), path);
  return patch;
}

/** Writes what the object holds at the path now: what is gone as null, a list without a merge key as a whole. */
function merge(patch: Record<string, unknown>, value: unknown, [step, ...rest]: FieldPath): void {
  if (typeof step !== "string" || step === "__proto__") return;
  const inner = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  const mergeKey = MERGE_KEYS.get(step);
  const [index, ...behind] = rest;
  if (Array.isArray(inner) && typeof index === "number" && mergeKey !== undefined && behind.length > 0) {
    const item: unknown = inner[index];
    if (isObject(item) && item[mergeKey] !== undefined) {
      merge(itemOf(patch, step, mergeKey, item[mergeKey]), item, behind);
      return;
    }
  }
  if (rest.length > 0 && isObject(inner)) {
    const below = patch[step];
    const map = isObject(below) ? below : {};
    patch[step] = map;
    merge(map, inner, rest);
    return;
  }
  patch[step] = inner ?? null;
}

function itemOf(
  patch: Record<string, unknown>,
  list: string,
  mergeKey: string,
  value: unknown,
): Record<string, unknown> {
  const items = Array.isArray(patch[list]) ? (patch[list] as Record<string, unknown>[]) : [];
  patch[list] = items;
  const known = items.find((item) => item[mergeKey] === value);
  if (known !== undefined) return known;
  const item = { [mergeKey]: value };
  items.push(item);
  return item;
}
