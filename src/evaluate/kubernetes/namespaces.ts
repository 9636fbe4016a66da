/** Which workloads are in which namespace. */

import { posix } from "node:path";
import { greatest } from "../../core/extremes.ts";
import {
  effectiveNamespace,
  type KubernetesObject,
  type Manifests,
  type Namespace,
  type Workload,
} from "../../engines/kubernetes/model.ts";

/** A namespace that is declared, or that workloads are in. */
export interface FoundNamespace {
  readonly name: string;
  readonly scope: string;
  /** Absent where only its workloads name it. */
  readonly namespace?: Namespace;
  readonly workloads: readonly Workload[];
}

/** The namespaces that every cluster has for itself. */
const SYSTEM: ReadonlySet<string> = new Set(["kube-system", "kube-public", "kube-node-lease"]);

export function isSystemNamespace(name: string): boolean {
  return SYSTEM.has(name);
}

/** The cluster's name, or the folder of the file. */
export function scopeOf({ source }: KubernetesObject): string {
  return source.kind === "cluster" ? source.cluster : posix.dirname(source.text.path);
}

/**
 * A tree may declare one namespace several times, for a development cluster and for production, say: a workload is in
 * the one whose folder is the nearest, and in all of those that are as near. One that nobody declares is the tree's.
 */
export function namespacesOf({ namespaces, workloads }: Manifests): FoundNamespace[] {
  const declared = Map.groupBy(namespaces, ({ object }) => object.name);
  const contents = new Map<Namespace, Workload[]>(namespaces.map((namespace) => [namespace, []]));
  const used = new Map<string, { name: string; scope: string; workloads: Workload[] }>();
  for (const workload of workloads) {
    if (workload.origin !== "kubernetes") continue;
    const name = effectiveNamespace(workload.object) ?? "default";
    const candidates = nearest(workload.object, declared.get(name) ?? []);
    for (const namespace of candidates) contents.get(namespace)?.push(workload);
    if (candidates.length > 0) continue;
    const scope = workload.object.source.kind === "cluster" ? scopeOf(workload.object) : ".";
    const key = JSON.stringify([scope, name]);
    const found = used.get(key) ?? { name, scope, workloads: [] };
    used.set(key, found);
    found.workloads.push(workload);
  }
  const stated = namespaces.map((namespace) => ({
    name: namespace.object.name,
    scope: scopeOf(namespace.object),
    namespace,
    workloads: contents.get(namespace) ?? [],
  }));
  return [...stated, ...used.values()];
}

function nearest(object: KubernetesObject, declared: readonly Namespace[]): Namespace[] {
  const near = declared.map((namespace) => ({ namespace, shared: sharedFolders(object, namespace.object) }));
  const most = greatest(near.map(({ shared }) => shared));
  return near.filter(({ shared }) => shared === most && shared >= 0).map(({ namespace }) => namespace);
}

/** -1 where they cannot belong together. */
function sharedFolders(a: KubernetesObject, b: KubernetesObject): number {
  if (a.source.kind !== b.source.kind) return -1;
  if (a.source.kind === "cluster") return scopeOf(a) === scopeOf(b) ? 0 : -1;
  const [one, other] = [scopeOf(a).split("/"), scopeOf(b).split("/")];
  const differ = one.findIndex((folder, index) => folder !== other[index]);
  return differ < 0 ? one.length : differ;
}
