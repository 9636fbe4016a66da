/** PersistentVolumes that are places of a node, and who gets them by a claim (Kubernetes documentation, "Persistent Volumes"). */
import { isObject } from "../../../core/untyped.ts";
import {
  effectiveNamespace,
  type FieldPath,
  type KubernetesObject,
  type Manifests,
  rawOf,
  type Workload,
} from "../../../engines/kubernetes/model.ts";

export interface HostVolume {
  readonly object: KubernetesObject;
  readonly type: "hostPath" | "local";
  readonly path: string;
  readonly field: FieldPath;
  readonly isReadOnly: boolean;
  /** `namespace/name` of the one claim that it is kept for. */
  readonly claim?: string;
  readonly storageClass: string;
}

export interface Mounter {
  readonly object: KubernetesObject;
  /** Of the volume that names the claim. */
  readonly path: FieldPath;
}

type Objects = Pick<Manifests, "objects">;

export function hostVolumes({ objects }: Objects): HostVolume[] {
  return objects.flatMap((object): HostVolume[] => {
    if (object.group !== "" || object.kind !== "PersistentVolume") return [];
    const spec = mapAt(rawOf(object), "spec");
    for (const type of ["hostPath", "local"] as const) {
      const { path } = mapAt(spec, type);
      if (typeof path !== "string") continue;
      const { namespace, name } = mapAt(spec, "claimRef");
      const modes = Array.isArray(spec.accessModes) ? spec.accessModes : [];
      return [
        {
          object,
          type,
          path,
          field: ["spec", type, "path"],
          isReadOnly: modes.length > 0 && modes.every((mode) => mode === "ReadOnlyMany"),
          ...(typeof name === "string" ? { claim: `${textOf(namespace) || "default"}/${name}` } : {}),
          storageClass: textOf(spec.storageClassName),
        },
      ];
    }
    return [];
  });
}

/**
 * Of each volume the workloads whose claim is bound to it, or would be. Claims are read once, whatever number of volumes is
 * asked for: each has to be read anew from its file.
 */
export function mountersOf(manifests: Objects & Pick<Manifests, "workloads">): (volume: HostVolume) => Mounter[] {
  const claims = new Map(
    manifests.objects
      .filter(({ group, kind }) => group === "" && kind === "PersistentVolumeClaim")
      .map((object) => [`${effectiveNamespace(object)}/${object.name}`, mapAt(rawOf(object), "spec")]),
  );
  const takes = (volume: HostVolume, name: string): boolean => {
    if (volume.claim !== undefined) return volume.claim === name;
    const spec = claims.get(name);
    if (spec === undefined) return false;
    const { volumeName } = spec;
    if (typeof volumeName === "string" && volumeName !== "") return volumeName === volume.object.name;
    return volume.storageClass !== "" && spec.storageClassName === volume.storageClass;
  };
  const claimed = manifests.workloads.map((workload) => ({
    workload,
    names: workload.pod.volumes.map(({ persistentVolumeClaim }) =>
      persistentVolumeClaim === undefined ? undefined : claimOf(workload, persistentVolumeClaim.claimName),
    ),
  }));
  return (volume) =>
    claimed.flatMap(({ workload, names }) => {
      const index = names.findIndex((name) => name !== undefined && takes(volume, name));
      return index < 0 ? [] : [{ object: workload.object, path: [...workload.podPath, "volumes", index] }];
    });
}

function claimOf({ object, origin }: Workload, name: string): string {
  return origin === "kubernetes" ? `${effectiveNamespace(object)}/${name}` : "";
}

function mapAt(value: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  return isObject(inner) ? inner : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
