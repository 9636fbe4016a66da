import type { Manifests } from "../../engines/kubernetes/model.ts";
import { namespaceCheck } from "./kubernetes/namespace-check.ts";

/** Namespaces that may take the whole cluster (Kubernetes, "Resource Quotas"). */
export const namespaceWithoutQuota = namespaceCheck<"manifests">({
  name: "namespace-without-quota",
  title: "Namespaces without an effective ResourceQuota",
  severity: "low",
  documentation: {
    what: "Checks for a `ResourceQuota` in every namespace that has workloads, and whether one of them limits memory and pods. Not reported: the cluster's own namespaces.",
    why: "One team's mistake, or one pod that an attacker starts a thousand times, takes the memory and the nodes of all others.",
    fix: "Add a `ResourceQuota` with `limits.memory`, `requests.cpu` and `pods`, and a `LimitRange` with defaults for containers that state nothing: under a quota they would be refused. How much a namespace needs no manifest tells, so no patch is offered.",
    references: ["https://kubernetes.io/docs/concepts/policy/resource-quotas/"],
  },
  needs: { namespace: "partial", manifests: "complete" },
  reads: ["resourceQuotas"],
  *detect({ namespace: { name, namespace, workloads, system }, manifests }) {
    if (workloads.length === 0 || system) return;
    const limited = quotasOf(manifests).get(name);
    if (limited === undefined) {
      yield {
        object: namespace.object,
        path: [],
        subject: "quota",
        title: `Namespace ${name} has no ResourceQuota`,
        fix: "add a ResourceQuota for memory, CPU and pods",
        evidence: { workloads: String(workloads.length) },
      };
      return;
    }
    const missing = [
      ...(limited.has("limits.memory") || limited.has("requests.memory") || limited.has("memory") ? [] : ["memory"]),
      ...(limited.has("pods") || limited.has("count/pods") ? [] : ["pods"]),
    ];
    if (missing.length === 0) return;
    yield {
      object: namespace.object,
      path: [],
      subject: "quota",
      severity: "negligible",
      title: `ResourceQuota of namespace ${name} does not limit ${missing.join(" and ")}`,
      fix: `add ${missing.map((each) => (each === "memory" ? "limits.memory" : each)).join(" and ")} to spec.hard`,
      evidence: { missing: missing.join(", ") },
    };
  },
});

const byManifests = new WeakMap<Manifests, ReadonlyMap<string, ReadonlySet<string>>>();

/** Namespace → what its quotas limit, all together. */
function quotasOf(manifests: Manifests): ReadonlyMap<string, ReadonlySet<string>> {
  const known = byManifests.get(manifests);
  if (known !== undefined) return known;
  const limited = new Map<string, Set<string>>();
  for (const { object, hard } of manifests.resourceQuotas) {
    const namespace = object.namespace ?? "default";
    const names = limited.get(namespace) ?? new Set();
    for (const name of Object.keys(hard)) names.add(name);
    limited.set(namespace, names);
  }
  byManifests.set(manifests, limited);
  return limited;
}
