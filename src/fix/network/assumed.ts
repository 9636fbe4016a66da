/**
 * Pods that stand in the model for what was not read: those that needs lead to by labels alone, and strangers, of whom
 * nobody spoke, so that it shows that nothing is open to them.
 */

import { readManifests } from "../../engines/kubernetes/manifests.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import { endKey, type Need, type NeedEnd } from "../../engines/reachability/needs/model.ts";
import { writeYaml } from "../../formats/yaml/write.ts";
import type { Plain } from "./model.ts";

/** No user's namespace: what a name may not begin with is a dash, so nobody else's is equal. */
const ELSEWHERE = "bulkhead-elsewhere";
const STRANGER = "bulkhead-stranger";

export function assumePods(needs: readonly Need[], namespaces: ReadonlySet<string>): Manifests {
  const pods: Plain[] = [...namespaces, ELSEWHERE].map((namespace) => pod(namespace, STRANGER, {}));
  const known = new Set<string>();
  for (const { from, to } of needs) {
    for (const end of [from, to]) {
      if (end.kind !== "unread-pods" || known.has(endKey(end))) continue;
      known.add(endKey(end));
      pods.push(pod(end.namespace ?? ELSEWHERE, `bulkhead-assumed-${known.size}`, end.labels));
    }
  }
  return readManifests([{ path: "", text: pods.map((one) => writeYaml(one)).join("---\n") }]);
}

export function isAssumed(name: string): boolean {
  return /\/Pod\/bulkhead-(?:stranger|assumed-\d+)$/.test(name);
}

function pod(namespace: string, name: string, labels: Extract<NeedEnd, { kind: "unread-pods" }>["labels"]): Plain {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name, labels },
    spec: { containers: [{ name: "main", image: "main" }] },
  };
}

/** The lists of all of them, one behind the other. */
export function mergeManifests(first: Manifests, ...others: readonly Manifests[]): Manifests {
  const merged: Record<string, unknown> = { ...first };
  for (const other of others) {
    for (const [name, list] of Object.entries(other)) {
      if (Array.isArray(list)) merged[name] = [...((merged[name] as unknown[] | undefined) ?? []), ...list];
    }
  }
  return merged as unknown as Manifests;
}
