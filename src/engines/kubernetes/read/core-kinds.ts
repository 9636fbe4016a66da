/** Kinds of the API's first group: kubectl knows them without an apiVersion, and an API server takes them so. */

export const CORE_VERSION = "v1";

/** Those that can be created (k8s.io/api, core/v1), and the lists of any. */
const CORE_KINDS: ReadonlySet<string> = new Set([
  "Binding",
  "ConfigMap",
  "Endpoints",
  "Event",
  "LimitRange",
  "List",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Pod",
  "PodTemplate",
  "ReplicationController",
  "ResourceQuota",
  "Secret",
  "Service",
  "ServiceAccount",
]);

export function isCoreKind(kind: unknown): kind is string {
  return typeof kind === "string" && (CORE_KINDS.has(kind) || CORE_KINDS.has(kind.replace(/List$/, "")));
}

/** Whether a text names one of them at all. */
export function namesCoreKind(text: string): boolean {
  for (const kind of CORE_KINDS) if (text.includes(kind)) return true;
  return false;
}
