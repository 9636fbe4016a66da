/** How syncs of secrets went, as every check that speaks of them judges it. */
import { greatest } from "../../core/extremes.ts";
import {
  clusterOf,
  type ExternalSecret,
  effectiveNamespace,
  type KubernetesObject,
  type SecretStore,
} from "../../engines/kubernetes/model.ts";

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
/** So many times its interval may pass: a controller that restarts, or a store that is slow, misses one. */
const INTERVALS = 3;
/** Below it no interval makes a sync late: controllers put off what they have much of. */
const LEAST = 15 * MINUTE;

/** Kinds whose controllers always say how it went. */
const SAYING: ReadonlySet<string> = new Set([
  ...["ExternalSecret", "ClusterExternalSecret", "PushSecret", "ClusterPushSecret", "SealedSecret", "Certificate"],
  ...["SecretStore", "ClusterSecretStore"],
]);

/** `failed`: its controller says so; `unanswered`: no controller says anything, and one should; `unknown`: nothing says. */
export type SyncOutcome = "ready" | "failed" | "unanswered" | "unknown";

/** @param asOf - what is newer than an hour may be before its first attempt */
export function outcomeOf(
  { object, sync }: Pick<ExternalSecret | SecretStore, "object" | "sync">,
  asOf: Date,
): SyncOutcome {
  if (sync?.ready === false || (sync?.failedNamespaces.length ?? 0) > 0) return "failed";
  if (sync?.ready === true) return "ready";
  if (sync !== undefined || object.source.kind === "file" || !SAYING.has(object.kind)) return "unknown";
  const age = asOf.getTime() - Date.parse(object.creationTimestamp ?? "");
  return age > HOUR ? "unanswered" : "unknown";
}

/** Since when it is late, by its own interval; undefined where it is not, or nothing says. */
export function staleSince({ refreshSeconds = 0, sync }: ExternalSecret, asOf: Date): Date | undefined {
  const { refreshed } = sync ?? {};
  if (refreshed === undefined || refreshSeconds === 0) return undefined;
  const allowed = Math.max(LEAST, INTERVALS * refreshSeconds * 1000);
  const due = Date.parse(refreshed) + allowed;
  return asOf.getTime() > due ? new Date(due) : undefined;
}

/**
 * As of when a state is: of a cluster now; of files not before the latest time that any of them tells, since nobody knows when
 * they were written down.
 */
export function asOfWhen(
  states: readonly Pick<ExternalSecret, "object" | "sync">[],
  now: Date,
): (object: KubernetesObject) => Date {
  const times = states.flatMap(({ object, sync }) =>
    object.source.kind === "file" ? [sync?.refreshed ?? "", sync?.since ?? ""] : [],
  );
  const latest = greatest(
    times.map((time) => Date.parse(time)).filter((time) => time <= now.getTime()),
    0,
  );
  return ({ source }) => (source.kind === "cluster" ? now : new Date(latest));
}

/** `ClusterSecretStore/prod` of a store: what those that read it name, within its namespace. */
export function storeName({ kind, name }: KubernetesObject): string {
  return `${kind}/${name}`;
}

const CLUSTER_STORE = "ClusterSecretStore/";

/** The store that one reads, as it is known among all: a cluster's by its name, others within their namespace. */
export function readsStore({ object, store = "" }: ExternalSecret): string {
  return keyOfStore(object, store);
}

/** How each store is, by `readsStore`; undefined of one that was not read. */
export function storeOutcomes(
  stores: readonly SecretStore[],
  asOf: (object: KubernetesObject) => Date,
): (key: string) => SyncOutcome | undefined {
  const known = new Map(
    stores.map((store) => [keyOfStore(store.object, storeName(store.object)), outcomeOf(store, asOf(store.object))]),
  );
  return (key) => known.get(key);
}

export function keyOfStore(object: KubernetesObject, store: string): string {
  const namespace = store.startsWith(CLUSTER_STORE) ? "" : (effectiveNamespace(object) ?? "");
  return JSON.stringify([clusterOf(object), namespace, store]);
}
