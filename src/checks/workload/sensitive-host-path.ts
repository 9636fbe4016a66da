import { clip } from "../findings/one-line.ts";
import { hostMountsOf } from "./hardening/host-mounts.ts";
import { type HostPlace, hostPlaceAt, runtimeSocketAt } from "./hardening/host-places.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Places of the node that lead out of a container (Kubernetes, "Volumes", hostPath). */
export const sensitiveHostPath = workloadCheck({
  name: "sensitive-host-path",
  title: "Sensitive host paths mounted",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks `hostPath` volumes, and at what services of a Compose file mount, for places that hold the node's secrets or decide what it runs: `/`, `/etc`, `/root` and homes, `/proc`, `/sys`, `/dev`, `/boot`, programs and modules, the state of the kubelet, of etcd and of the container runtime, credentials of cloud providers and clusters, logs. How bad it is goes by the place, and by whether any container can write there. Certificates of authorities, time zones and the like are not meant; a volume that no container mounts is low. Sockets of engines are `workload/runtime-socket`.",
    why: "These places are the way from a container to the node: its keys and tokens can be read there, and what is written there the node runs as root.",
    fix: "Use a volume that is no part of the node: `emptyDir`, `configMap`, `secret`, a claim. Where an agent must read from the node (logs, metrics), mount the one directory that it needs with `readOnly: true`, and keep it in a namespace of its own.",
    references: ["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"],
  },
  needs: { workload: "partial" },
  origins: ["kubernetes", "compose"],
  *detect({ workload }) {
    for (const { subject, hostPath, path, mounts, writable } of hostMountsOf(workload)) {
      if (runtimeSocketAt(hostPath) !== undefined) continue;
      const place = hostPlaceAt(hostPath);
      if (place === undefined) continue;
      yield {
        path,
        subject,
        severity: mounts.length === 0 ? "low" : place[writable ? "writable" : "readOnly"],
        title:
          mounts.length === 0 ? `${clip(hostPath)} holds ${place.what}` : sentence(clip(hostPath), place, writable),
        ...(mounts.length === 0 ? { detail: "no container mounts it yet" } : {}),
        fix: writable
          ? "use a volume that is not on the node, or mount only the directory that is needed, with readOnly: true"
          : "use a volume that is not on the node, or mount only the directory that is needed",
        evidence: { "host path": clip(hostPath), mounts: clip(mounts.join(", ")) || "none" },
      };
    }
  },
});

function sentence(path: string, { what, reads, writes }: HostPlace, writable: boolean): string {
  const can = [reads ?? [], writable ? (writes ?? []) : []].flat().join(", and ");
  const gives = can === "" ? "" : `: an attacker in the container can ${can}`;
  return `${path} holds ${what}, ${writable ? "writable" : "read-only"}${gives}`;
}
