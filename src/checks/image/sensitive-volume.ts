import type { ImageCheck } from "../subjects/image.ts";

/** Where engines listen, by their documentation. */
const SOCKET =
  /^\/(?:var\/)?run\/(?:docker|cri-dockerd|containerd\/containerd|k3s\/containerd\/containerd|crio\/crio|podman\/podman|buildkit\/buildkitd)\.sock$/;

/** Folders that the system and its programs are made of, and where engines and the kubelet keep their state. */
const SYSTEM =
  /^\/(?:|(?:bin|boot|dev|etc|lib|lib64|proc|root|run|sbin|sys|usr|home|var|var\/run)|(?:bin|sbin|boot|dev|proc|sys|etc|usr\/s?bin|usr\/lib)\/.*|var\/lib\/(?:docker|containerd|containers|kubelet|etcd)(?:\/.*)?)$/;

/** Volumes that an image should not have (OCI image specification, config.md, `Volumes`). */
export const sensitiveVolume: ImageCheck<"config"> = {
  id: "image/sensitive-volume",
  title: "Volumes over the runtime socket or system paths",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl: "control 4 counts workloads: mounts of a container are evaluated there, by workload/runtime-socket",
  severity: "varies",
  documentation: {
    what: "Checks the volumes of the image's configuration. The socket of a container runtime is high; the root, `/etc`, `/usr`, the directories of programs and libraries, `/proc`, `/sys`, `/dev` and where engines and the kubelet keep their state are medium.",
    why: "An image with a volume at the engine's socket is made to be run with it: anyone who can write to that starts a privileged container and owns the host. A volume over a directory of the system is writable also where the root filesystem is read-only, and outlives the container: what is exchanged there, an update of the image does not reach.",
    fix: "Leave the engine's socket to the host, and build images with a builder that runs without privileges. Make a volume only of the directory that the program writes its data to: `VOLUME /var/lib/app`.",
    references: [
      "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
      "https://github.com/opencontainers/image-spec/blob/main/config.md",
    ],
  },
  subject: "image",
  needs: { config: "complete" },
  applies: ({ config }) => config.volumes.length > 0,
  looked: ({ config }) => ({ volumes: String(config.volumes.length) }),
  *evaluate({ config }) {
    for (const volume of config.volumes) {
      const path = normal(volume);
      const isSocket = SOCKET.test(path);
      if (!isSocket && !SYSTEM.test(path)) continue;
      yield {
        subject: `volume ${volume}`,
        severity: isSocket ? "high" : "medium",
        title: isSocket ? `Volume ${volume} is a container runtime socket` : `Volume ${volume} is a system directory`,
        locations: [{ kind: "config", field: "config.Volumes" }],
        matches: { ids: ["image/sensitive-volume"], path: path.slice(1) },
        fix: {
          kind: "instruction",
          text: isSocket
            ? "remove the VOLUME of the runtime socket"
            : "declare the data directory of the program as the volume",
        },
        evidence: { volume },
      };
    }
  },
};

/** Without doubled and closing slashes, dots and detours. */
function normal(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}
