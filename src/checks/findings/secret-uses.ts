/** Who uses which Secret, and by which way its values get there, as facts. */
import { append } from "../../core/append.ts";
import {
  clusterOf,
  containersOf,
  effectiveNamespace,
  type FieldPath,
  type KubernetesObject,
  type Manifests,
  type PlacedContainer,
  type Volume,
  type Workload,
} from "../../engines/kubernetes/model.ts";

/**
 * `env`: a variable, `envFrom`: all keys as variables, `volume`: files, `subPath`: files that are mounted by a part of the
 * volume, which the kubelet never updates; `csi`: what a driver is handed or mounts; `imagePull`: read by the kubelet at each
 * pull; `tls`: read by the controller of an Ingress or Gateway; `store`: a store logs in with it; `push`: it is copied out;
 * `account`: a ServiceAccount lists it.
 */
export type SecretUseKind =
  | "env"
  | "envFrom"
  | "volume"
  | "subPath"
  | "csi"
  | "imagePull"
  | "tls"
  | "store"
  | "push"
  | "account";

export interface SecretUse {
  readonly cluster: string;
  readonly namespace: string;
  /** Of the Secret. */
  readonly name: string;
  /** The key, where one is named. */
  readonly key?: string;
  readonly kind: SecretUseKind;
  /** What uses it; of a workload the workload's object. */
  readonly object: KubernetesObject;
  readonly workload?: Workload;
  readonly container?: PlacedContainer;
  /** From the object's root. */
  readonly path: FieldPath;
  /** Its absence stops nothing. */
  readonly optional: boolean;
}

export interface SecretUses {
  readonly uses: readonly SecretUse[];
  /** Workloads with volumes that may name Secrets which nobody here reads, and the volumes' types. */
  readonly unread: readonly { readonly object: KubernetesObject; readonly types: readonly string[] }[];
}

/** Volumes that log in somewhere with a Secret (Kubernetes API reference, Volume v1 core), which the model does not hold. */
const LOGGING_IN: ReadonlySet<string> = new Set([
  ...["azureFile", "cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"],
]);

export function secretUses(manifests: Manifests): SecretUses {
  const uses: SecretUse[] = [];
  const unread: { object: KubernetesObject; types: readonly string[] }[] = [];
  for (const workload of manifests.workloads) {
    if (workload.origin !== "kubernetes") continue;
    append(uses, usesOfWorkload(workload));
    const types = workload.pod.volumes.flatMap((volume) => volume.types.filter((type) => LOGGING_IN.has(type)));
    if (types.length > 0) unread.push({ object: workload.object, types });
  }
  for (const { object, secrets, imagePullSecrets } of manifests.serviceAccounts) {
    for (const [list, kind, names] of [
      ["secrets", "account", secrets],
      ["imagePullSecrets", "imagePull", imagePullSecrets],
    ] as const) {
      for (const [index, name] of names.entries()) uses.push(used(object, { kind, name, path: [list, index] }));
    }
  }
  for (const { object, tls } of manifests.ingresses) {
    for (const [index, { secretName }] of tls.entries()) {
      if (secretName) uses.push(used(object, { kind: "tls", name: secretName, path: ["spec", "tls", index] }));
    }
  }
  for (const { object, listeners } of manifests.gateways) {
    for (const [index, { certificates = [] }] of listeners.entries()) {
      for (const { name, namespace } of certificates) {
        uses.push(used(object, { kind: "tls", name, path: ["spec", "listeners", index, "tls"] }, namespace));
      }
    }
  }
  for (const { object, credentials } of manifests.secretStores) {
    for (const { name, namespace } of credentials) {
      uses.push(used(object, { kind: "store", name, path: ["spec"] }, namespace));
    }
  }
  for (const { object, direction, targets } of manifests.externalSecrets) {
    if (direction === "in") continue;
    for (const name of targets) uses.push(used(object, { kind: "push", name, path: ["spec", "selector"] }));
  }
  return { uses, unread };
}

interface Stated {
  readonly kind: SecretUseKind;
  readonly name: string;
  readonly key?: string | undefined;
  readonly path: FieldPath;
  readonly optional?: boolean | undefined;
  readonly container?: PlacedContainer;
}

function* usesOfWorkload(workload: Workload): Generator<SecretUse> {
  const { object, pod, podPath } = workload;
  const one = ({ path, ...stated }: Stated): SecretUse => ({
    ...used(object, { ...stated, path: [...podPath, ...path] }),
    workload,
  });
  const containers = containersOf(pod);
  for (const container of containers) {
    const { env, envFrom } = container.container;
    for (const [index, { secretKeyRef }] of env.entries()) {
      if (secretKeyRef === undefined) continue;
      const { name, key, optional } = secretKeyRef;
      yield one({ kind: "env", name, key, optional, container, path: [...container.path, "env", index] });
    }
    for (const [index, { secretRef, optional }] of envFrom.entries()) {
      if (secretRef === undefined) continue;
      const path = [...container.path, "envFrom", index];
      yield one({ kind: "envFrom", name: secretRef, optional, container, path });
    }
  }
  for (const [index, volume] of pod.volumes.entries()) {
    const path = ["volumes", index];
    const kind = isMountedByPart(volume, containers) ? "subPath" : "volume";
    for (const { name, optional } of secretsOf(volume)) yield one({ kind, name, optional, path });
    const { nodePublishSecretRef } = volume.csi ?? {};
    if (nodePublishSecretRef) yield one({ kind: "csi", name: nodePublishSecretRef, path });
  }
  for (const [index, name] of pod.imagePullSecrets.entries()) {
    yield one({ kind: "imagePull", name, optional: true, path: ["imagePullSecrets", index] });
  }
}

function secretsOf({ secret, projected }: Volume): { readonly name: string; readonly optional?: boolean }[] {
  const all = [secret, ...(projected?.sources ?? []).map((source) => source.secret)];
  return all.filter((one) => one !== undefined && one.name !== "").map((one) => one as { name: string });
}

/** One container that has a part of it keeps what it had at its start. */
function isMountedByPart({ name }: Volume, containers: readonly PlacedContainer[]): boolean {
  return containers.some(({ container }) =>
    container.volumeMounts.some(
      (mount) => mount.name === name && (mount.subPath !== undefined || mount.subPathExpr !== undefined),
    ),
  );
}

function used(object: KubernetesObject, { container, key, optional, ...stated }: Stated, within?: string): SecretUse {
  return {
    ...stated,
    ...(key === undefined ? {} : { key }),
    ...(container === undefined ? {} : { container }),
    cluster: clusterOf(object),
    namespace: within ?? effectiveNamespace(object) ?? "",
    object,
    optional: optional ?? false,
  };
}
