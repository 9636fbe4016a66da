/** What pods pull with (Kubernetes, "Images", "Configure Service Accounts for Pods"): asked for name by name, never listed. */
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { ClusterApi } from "../../../engines/kubernetes/cluster/client.ts";
import { pathOf } from "../../../engines/kubernetes/cluster/paths.ts";
import { refusedReply } from "../../../engines/kubernetes/cluster/writes.ts";
import type { ImageReference } from "../../../engines/oci/reference.ts";
import { parseReference } from "../../../engines/oci/reference.ts";
import { type PullEntry, pullCredentials, readPullSecret } from "../../../engines/oci/registry/pull-secrets.ts";
import type { ClusterView } from "../model.ts";
import { bounds } from "./bounds.ts";
import { createShortMemory } from "./memory.ts";

export function createPullCredentials(api: ClusterApi, now: () => number): ClusterView["credentials"] {
  const secrets = createShortMemory<readonly PullEntry[]>(bounds.secretMilliseconds, now);
  const accounts = createShortMemory<readonly string[]>(bounds.secretMilliseconds, now);

  /** A Secret that is not there is passed over, as a kubelet does. */
  const entriesOf = (namespace: string, name: string) =>
    secrets.of(`Secret ${namespace}/${name}`, async () => {
      const path = pathOf({ group: "", version: "v1", resource: "secrets", namespace, name });
      const reply = await api.get(path);
      if (reply.status === 404) return undefined;
      const { data } = reply.body;
      if (reply.status !== 200) throw refusedReply(reply, `Secret ${namespace}/${name}`, "get secrets");
      return readPullSecret({ source: `Secret ${namespace}/${name}`, data: isObject(data) ? data : {} });
    });

  const secretsOf = (namespace: string, name: string) =>
    accounts.of(`ServiceAccount ${namespace}/${name}`, async () => {
      const path = pathOf({ group: "", version: "v1", resource: "serviceaccounts", namespace, name });
      const reply = await api.get(path);
      if (reply.status === 404) return undefined;
      if (reply.status !== 200) throw refusedReply(reply, `ServiceAccount ${namespace}/${name}`, "get serviceaccounts");
      const { imagePullSecrets: all } = reply.body;
      return (Array.isArray(all) ? all : []).flatMap((one: unknown) =>
        isObject(one) && typeof one.name === "string" ? [one.name] : [],
      );
    });

  return async (namespace, stated, serviceAccount, image) => {
    const reference = referenceOf(image);
    if (reference === undefined) return undefined;
    // Those of the account are taken for a pod that names none itself.
    const names = stated.length > 0 ? stated : await secretsOf(namespace, serviceAccount);
    if (names instanceof Problem || names === undefined) return names;
    if (names.length > bounds.pullSecrets) {
      const cause = `the pod pulls with more than ${bounds.pullSecrets} Secrets`;
      return new Problem({ kind: "input", code: "cluster.pull-secrets", place: `namespace ${namespace}`, cause });
    }
    const read = await Promise.all(names.map((name) => entriesOf(namespace, name)));
    const known = read.flatMap((entries) => (entries === undefined || entries instanceof Problem ? [] : entries));
    // With what is known it can be pulled; where nothing is, what could not be read may have been it.
    return pullCredentials(known, reference) ?? read.find((entries) => entries instanceof Problem);
  };
}

/** Undefined for what no runtime could pull. */
function referenceOf(image: string): ImageReference | undefined {
  try {
    return parseReference(image);
  } catch {
    return undefined;
  }
}
