import type { Detection } from "./kubernetes/workload-check.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

/** Fields: `volumes[*].hostPath`. Allowed: not stated. */
export const hostPathVolumes = podSecurityCheck({
  name: "host-path-volumes",
  level: "baseline",
  title: "hostPath volumes",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks whether a pod has a `hostPath` volume.",
    why: "What is written there stays on the node and is read by its own processes, and what is read there may be of other pods: log files, tokens, sockets. A link in it leads out of it.",
    fix: "Use `emptyDir`, a PersistentVolumeClaim, or a `projected` volume. For a node's agent: its own namespace, `readOnly: true`, and an exception.",
    references: ["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"],
  },
  rules: [{ since: 0, violations }],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  for (const [index, { name, types, hostPath }] of pod.volumes.entries()) {
    if (!types.includes("hostPath")) continue;
    yield {
      path: ["volumes", index, "hostPath"],
      subject: `volume ${name} at ${hostPath?.path ?? ""}`,
      title: `Volume ${name} mounts hostPath ${hostPath?.path || "without a path"}`,
      fix: "use emptyDir, a PersistentVolumeClaim or a projected volume",
    };
  }
}
