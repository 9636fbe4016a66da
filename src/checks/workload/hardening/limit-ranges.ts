/** What a namespace's LimitRanges give to containers that state nothing (Kubernetes, "Limit Ranges"). */
import type { LimitRange, Manifests } from "../../../engines/kubernetes/model.ts";

export interface DefaultResources {
  readonly limits: ReadonlySet<string>;
  readonly requests: ReadonlySet<string>;
}

const byManifests = new WeakMap<Manifests, ReadonlyMap<string, readonly LimitRange[]>>();

export function defaultResources(manifests: Manifests, namespace: string): DefaultResources {
  let byNamespace = byManifests.get(manifests);
  if (byNamespace === undefined) {
    byNamespace = Map.groupBy(manifests.limitRanges, ({ object }) => object.namespace ?? "default");
    byManifests.set(manifests, byNamespace);
  }
  const limits = new Set<string>();
  const requests = new Set<string>();
  for (const one of byNamespace.get(namespace)?.flatMap((range) => range.limits) ?? []) {
    if (one.type !== "Container") continue;
    // A maximum is the default limit where none is stated, and a limit is the request where none is stated.
    for (const name of [...Object.keys(one.default), ...Object.keys(one.max)]) limits.add(name);
    for (const name of [...Object.keys(one.defaultRequest), ...limits]) requests.add(name);
  }
  return { limits, requests };
}
