/** What the guard knows of the cluster around a request, over the API. */
import type { ClusterApi } from "../../engines/kubernetes/cluster/client.ts";
import { createAccess } from "./cluster/access.ts";
import { watchAdmissionPolicies } from "./cluster/admission-policies.ts";
import { bounds } from "./cluster/bounds.ts";
import { answered } from "./cluster/memory.ts";
import { watchNamespaces } from "./cluster/namespaces.ts";
import { createPullCredentials } from "./cluster/pull-credentials.ts";
import type { ClusterView } from "./model.ts";

export interface LiveClusterView extends ClusterView {
  /** Once the first lists were read, or it is known why not: the guard is of use from then on. */
  readonly ready: Promise<void>;
  close(): void;
}

/** Limits of a client that is asked while the API server waits: `createClient(connection, { limits: clusterLimits })`. */
export const clusterLimits = {
  stallMilliseconds: bounds.stallMilliseconds,
  documentMilliseconds: bounds.documentMilliseconds,
  tries: bounds.tries,
  retryAfterSeconds: bounds.retryAfterSeconds,
  backoffMilliseconds: bounds.backoffMilliseconds,
};

/**
 * @param api - is not closed with the view
 * @param now - milliseconds, for how long answers are remembered
 */
export function createClusterView(api: ClusterApi, now: () => number = () => performance.now()): LiveClusterView {
  const namespaces = watchNamespaces(api, now);
  const policies = watchAdmissionPolicies(api, now);
  const known: { version?: string } = {};

  async function readVersion(): Promise<void> {
    const reply = await answered("/version", () => api.get("/version"));
    if (!("status" in reply) || reply.status !== 200 || typeof reply.body.gitVersion !== "string") return;
    known.version = reply.body.gitVersion.slice(0, 100);
  }
  const first = readVersion();
  const again = setInterval(() => void readVersion(), bounds.versionMilliseconds);
  again.unref();

  return Object.assign(known, {
    ready: Promise.all([namespaces.first, policies.first, first]).then(() => undefined),
    namespace: namespaces.of,
    credentials: createPullCredentials(api, now),
    admissionPolicies: policies.read,
    may: createAccess(api, now),
    close() {
      clearInterval(again);
      namespaces.close();
      policies.close();
    },
  });
}
