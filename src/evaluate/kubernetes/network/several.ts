/**
 * One namespace that a directory states more than once, for a development cluster and for production, say: policies of the
 * one must not make the other's pods look protected.
 */

import { posix } from "node:path";
import { someOf } from "../../../core/counted.ts";
import type { Gap } from "../../../core/evidence.ts";
import { effectiveNamespace, type KubernetesObject } from "../../../engines/kubernetes/model.ts";

/** Directories that a gap names. */
const NAMED = 3;

/** Namespace → why it is unknown which of its objects belong together. Empty of a cluster. */
export function statedTwice(objects: readonly KubernetesObject[]): ReadonlyMap<string, Gap> {
  const places = new Map<string, Set<string>>();
  for (const object of objects) {
    if (object.source.kind !== "file" || object.name === "") continue;
    const key = [object.kind, spaceOf(object), object.name].join("/");
    const folders = places.get(key) ?? new Set();
    places.set(key, folders);
    folders.add(posix.dirname(object.source.text.path));
  }
  const several = new Map<string, Set<string>>();
  for (const object of objects) {
    const folders = places.get([object.kind, spaceOf(object), object.name].join("/"));
    if (folders === undefined || folders.size < 2) continue;
    const all = several.get(spaceOf(object)) ?? new Set();
    several.set(spaceOf(object), all);
    for (const folder of folders) all.add(folder);
  }
  return new Map([...several].map(([name, folders]) => [name, gapOf(name, [...folders].sort())]));
}

function spaceOf(object: KubernetesObject): string {
  return object.kind === "Namespace" ? object.name : (effectiveNamespace(object) ?? "");
}

function gapOf(name: string, folders: readonly string[]): Gap {
  return {
    code: "network.several-environments",
    reason: `namespace ${name} is stated in ${someOf(folders, NAMED)}: which policies hold together is unknown`,
    remedy: "check each directory by itself",
  };
}
