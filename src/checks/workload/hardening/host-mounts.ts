/** Folders and files of the node that a pod has, and who of its containers mounts them how. */
import { containersOf, type FieldPath, type Workload } from "../../../engines/kubernetes/model.ts";
import { nameOf } from "../kubernetes/workload-check.ts";

export interface HostMount {
  /** `volume data at /srv in container web at /data`; of a Compose file, whose volumes need no names, without the name. */
  readonly subject: string;
  readonly hostPath: string;
  /** From the pod's specification. */
  readonly path: FieldPath;
  /** `container web at /node (read-only)`. */
  readonly mounts: readonly string[];
  /** Whether any container can write to it; a subPath is a part of it, and counts. */
  readonly writable: boolean;
}

export function hostMountsOf({ pod, origin }: Workload): HostMount[] {
  return pod.volumes.flatMap(({ name, hostPath }, index) => {
    if (hostPath === undefined) return [];
    const mounts = containersOf(pod).flatMap((placed) =>
      placed.container.volumeMounts
        .filter((mount) => mount.name === name)
        .map((mount) => ({
          text: `${nameOf(placed)} at ${mount.mountPath ?? "?"}${mount.readOnly === true ? " (read-only)" : ""}`,
          writable: mount.readOnly !== true,
        })),
    );
    return [
      {
        subject: `volume ${origin === "compose" ? "" : `${name} at `}${hostPath.path} in ${
          mounts
            .map(({ text }) => text)
            .toSorted()
            .join(", ") || "nothing"
        }`,
        hostPath: hostPath.path,
        path: ["volumes", index, "hostPath", "path"],
        mounts: mounts.map(({ text }) => text),
        writable: mounts.some(({ writable }) => writable),
      },
    ];
  });
}
