import type { Detection } from "./kubernetes/workload-check.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

const ALLOWED: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

/** Fields: `volumes[*]`. Allowed: {@link ALLOWED}; hostPath `host-path-volumes` says. */
export const volumeTypes = podSecurityCheck({
  name: "volume-types",
  level: "restricted",
  title: "Volume types not allowed by restricted",
  severity: "medium",
  documentation: {
    what: "Checks whether a pod has a volume of another kind than `configMap`, `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `image`, `persistentVolumeClaim`, `projected` and `secret`.",
    why: "The others (`nfs`, `iscsi`, `rbd`, `flexVolume`…) let anyone who writes the pod name a server, a disk or a driver, past what the cluster's administrators have provided.",
    fix: "Have the storage offered as a PersistentVolume, and use a PersistentVolumeClaim.",
    references: ["https://kubernetes.io/docs/concepts/storage/volumes/"],
  },
  rules: [{ since: 0, violations }],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  for (const [index, { name, types }] of pod.volumes.entries()) {
    const type = types.find((one) => one !== "hostPath" && !ALLOWED.has(one));
    if (type === undefined) continue;
    yield {
      path: ["volumes", index, type],
      subject: `volume ${name} of kind ${type}`,
      title: `Volume ${name} has the type ${type}, which restricted does not allow`,
      fix: "use a PersistentVolumeClaim",
    };
  }
}
