import { clip } from "../findings/one-line.ts";
import { hostMountsOf } from "./hardening/host-mounts.ts";
import { runtimeSocketAt } from "./hardening/host-places.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** The socket of a container engine, by any path to it. */
export const runtimeSocket = workloadCheck({
  name: "runtime-socket",
  title: "Container runtime socket mounted",
  severity: "critical",
  controls: [4],
  documentation: {
    what: "Checks `hostPath` volumes, and at what services of a Compose file mount, for the sockets of Docker, containerd, CRI-O, Podman, cri-dockerd and BuildKit: by their names wherever they are, and by the directories that hold them, `/run` and `/var/run` among them. A mount that is read-only changes nothing: a socket is written to all the same. A volume that no container mounts is low.",
    why: "Anyone who can write to that socket has the engine start a container with all rights and the node's disk in it: they own the node, and every pod on it.",
    fix: "Take the mount away. To build images use BuildKit or Buildah without root; for what concerns pods ask the API server, with a service account's own rights; to watch containers, a proxy that lets only reading through, in a pod of its own.",
    references: [
      "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
      "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
    ],
  },
  needs: { workload: "partial" },
  origins: ["kubernetes", "compose"],
  *detect({ workload }) {
    for (const { subject, hostPath, path, mounts } of hostMountsOf(workload)) {
      const socket = runtimeSocketAt(hostPath);
      if (socket === undefined) continue;
      yield {
        path,
        subject,
        title: `${socket.what.charAt(0).toUpperCase()}${socket.what.slice(1)} ${clip(hostPath)} is mounted: ${socket.gives}`,
        ...(mounts.length === 0 ? { severity: "low", detail: "no container mounts it yet" } : {}),
        fix: "remove the mount; build with rootless BuildKit or Buildah",
        evidence: { "host path": clip(hostPath), mounts: clip(mounts.join(", ")) || "none" },
      };
    }
  },
});
