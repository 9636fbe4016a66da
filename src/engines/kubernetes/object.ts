/** What an object is called and where it belongs. */
import type { KubernetesObject } from "./object-model.ts";

/** Kinds of the API's own groups, and a few that have lists of their own, that are in no namespace. Of others (custom resources) nothing here can tell. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  "APIService",
  "CertificateSigningRequest",
  // External Secrets'.
  "ClusterExternalSecret",
  "ClusterPushSecret",
  "ClusterRole",
  "ClusterRoleBinding",
  "ClusterSecretStore",
  "ClusterTrustBundle",
  "CSIDriver",
  "CSINode",
  "CustomResourceDefinition",
  "DeviceClass",
  "FlowSchema",
  "GatewayClass",
  "IngressClass",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PodSecurityPolicy",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);

export function isClusterScoped({ kind }: Pick<KubernetesObject, "kind">): boolean {
  return CLUSTER_SCOPED.has(kind);
}

/** The namespace that it is created in: its own, else the one that whoever applies it has set; none for a cluster's kinds. */
export function effectiveNamespace(object: KubernetesObject, unstated = "default"): string | undefined {
  return isClusterScoped(object) ? undefined : (object.namespace ?? unstated);
}

/** `Deployment shop/web`, `ClusterRole admin`, `Pod (generated job-)`. */
export function describeObject({ kind, namespace, name, generateName, part }: KubernetesObject): string {
  const called = name === "" ? `(${generateName === undefined ? "unnamed" : `generated ${generateName}`})` : name;
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${called}${partName(part)}`;
}

function partName(part: KubernetesObject["part"]): string {
  return part === undefined ? "" : ` (${part.name})`;
}

/** Its name, or the beginning of the one that it will get; of one of several pods which one it is too. */
export function callName({ name, generateName = "", part }: KubernetesObject): string {
  return (name || generateName) + partName(part);
}

/** The kind of a Compose file's services: nobody takes it for a Service, which is what exposes pods. */
export const COMPOSE_SERVICE = "ComposeService";

/** The kind of a container that an engine (docker, podman) runs by itself. */
export const ENGINE_CONTAINER = "Container";

/** In what fingerprints rest on it has the word of the first baselines: no workload is a Service, so nothing is confused. */
function lastingKind(kind: string): string {
  return kind === COMPOSE_SERVICE ? "Service" : kind;
}

/** As {@link describeObject}, for subjects of findings. */
export function subjectName(object: KubernetesObject): string {
  return describeObject({ ...object, kind: lastingKind(object.kind) });
}

/** Scope, kind, namespace and name: what stays the same while the object changes. `scope`: the cluster, or the folder. */
export function lineageOf(object: KubernetesObject, scope: string): string {
  const { kind, namespace = "" } = object;
  // As alerts of it call it: no namespace holds it.
  if (kind === ENGINE_CONTAINER) return [scope, kind, callName(object)].join("/");
  return [scope, lastingKind(kind), namespace, callName(object)].join("/");
}

/** Empty for files. */
export function clusterOf({ source }: KubernetesObject): string {
  return source.kind === "cluster" ? source.cluster : "";
}

/** A Secret's name, and where it is: {@link clusterOf}, and the namespace that it is in or would be. */
export interface SecretName {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** What a Secret goes by among those of files and of clusters. */
export function secretKey({ cluster, namespace, name }: SecretName): string {
  return JSON.stringify([cluster, namespace, name]);
}

export function keyOfSecret(object: KubernetesObject, name = object.name): string {
  return secretKey({ cluster: clusterOf(object), namespace: effectiveNamespace(object) ?? "", name });
}

/** Whether a Secret, by its {@link secretKey}'s parts, is among the targets of one of these. */
export function targetsOf(
  sources: Iterable<{
    readonly object: KubernetesObject;
    readonly targets: readonly string[];
    readonly namespaces?: readonly string[];
  }>,
): (secret: SecretName) => boolean {
  const named = new Set<string>();
  for (const { object, targets, namespaces } of sources) {
    const cluster = clusterOf(object);
    const own = effectiveNamespace(object);
    // What is of no namespace, and selects nobody knows which, may be in each: no Secret is in one called "*".
    const within = own === undefined ? (namespaces ?? ["*"]) : [own];
    for (const name of targets) for (const namespace of within) named.add(secretKey({ cluster, namespace, name }));
  }
  return (secret) => named.has(secretKey(secret)) || named.has(secretKey({ ...secret, namespace: "*" }));
}

/** Of a Secret. */
export function nameOfSecret(object: KubernetesObject): SecretName {
  return { cluster: clusterOf(object), namespace: effectiveNamespace(object) ?? "", name: object.name };
}
