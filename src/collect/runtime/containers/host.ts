/** Everybody on a host who knows containers: sockets and files where runtimes have them by default. */
import { isEvidenceProblem } from "../../../core/problem.ts";
import { containerdFiles, containerdStates } from "./containerd-files.ts";
import { criSocketPaths, criSource } from "./cri-source.ts";
import { dockerFiles, dockerRoot } from "./docker-files.ts";
import { dockerSource, podmanSource } from "./engine-source.ts";
import type { HostFiles } from "./host-files.ts";
import type { ContainerSource } from "./source.ts";
import { storageFiles } from "./storage-files.ts";

export interface HostSources {
  /** Root's, those first that know the most. */
  readonly sources: readonly ContainerSource[];
  /** Those of a user, by their id. */
  sourcesOf(uid: number): readonly ContainerSource[];
}

/** Milliseconds without a byte: a runtime is of this machine, and events wait for what it says. */
const STALL = 2_000;

const STORAGE = "/var/lib/containers/storage";

/** A socket counts where it is there, files always: a runtime may make them later. */
export async function hostSources(files: HostFiles): Promise<HostSources> {
  const sockets: ContainerSource[] = [];
  const podman = files.find("/run/podman/podman.sock");
  const docker = files.find("/run/docker.sock") ?? files.find("/var/run/docker.sock");
  // podman-docker makes docker's socket a link to podman's.
  if (docker !== undefined && docker !== podman) {
    sockets.push(dockerSource(docker, "docker (/run/docker.sock)", STALL));
  }
  for (const path of criSocketPaths) {
    const socket = files.find(path);
    if (socket !== undefined) sockets.push(criSource(socket, `CRI (${path})`, STALL));
  }
  if (podman !== undefined) sockets.push(podmanSource(podman, "podman (/run/podman/podman.sock)", STALL));
  const users = await homes(files);
  return {
    sources: [
      ...sockets,
      ...containerdStates.map((state) => containerdFiles(files, state)),
      dockerFiles(files, await rootOrDefault(files)),
      storageFiles(files, STORAGE),
    ],
    sourcesOf(uid) {
      const path = `/run/user/${uid}/podman/podman.sock`;
      const socket = files.find(path);
      const home = users.get(uid);
      return [
        ...(socket === undefined ? [] : [podmanSource(socket, `podman (${path})`, STALL, uid)]),
        ...(home === undefined ? [] : [storageFiles(files, `${home}/.local/share/containers/storage`, uid)]),
      ];
    },
  };
}

async function rootOrDefault(files: HostFiles): Promise<string> {
  try {
    return await dockerRoot(files);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return "/var/lib/docker";
  }
}

const PASSWD_BYTES = 4 * 1024 * 1024;

/** Users' home directories by their ids; of several users with one id the first counts, as everywhere. */
async function homes(files: HostFiles): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  const passwd = await files.bytes("/etc/passwd", PASSWD_BYTES).catch(() => undefined);
  for (const line of (passwd?.toString("utf8") ?? "").split("\n")) {
    const [, , uid = "", , , home = ""] = line.split(":");
    if (/^\d{1,10}$/.test(uid) && home.startsWith("/") && !found.has(Number(uid))) found.set(Number(uid), home);
  }
  return found;
}
