/** Containers of containerd by the specifications that its shims were handed (`io.containerd.runtime.v2.task/NAMESPACE/ID`). */
import { bounds } from "../../../engines/events/containers/bounds.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { containerdFacts, sandboxIdOf } from "../../../engines/events/containers/spec.ts";
import { isContainerId } from "../../../engines/events/containers/values.ts";
import type { HostFiles } from "./host-files.ts";
import { idsWith, listed } from "./list-files.ts";
import type { ContainerSource } from "./source.ts";
import { watchFolders } from "./watch-folder.ts";

/** Where containerd keeps its state, by who ships it. */
export const containerdStates = [
  "/run/containerd",
  // k3s and rke2; microk8s.
  "/run/k3s/containerd",
  "/var/snap/microk8s/common/run/containerd",
] as const;

/** Docker starts its containers by containerd too, and knows more of them. */
const OF_DOCKER = "moby";
const MOST_NAMESPACES = 50;

/** @param state - of the host: `/run/containerd` */
export function containerdFiles(files: HostFiles, state: string): ContainerSource {
  const tasks = `${state}/io.containerd.runtime.v2.task`;

  async function folders(): Promise<readonly string[]> {
    const names = await files.names(tasks, MOST_NAMESPACES);
    return names.filter((name) => isContainerId(name) && name !== OF_DOCKER).map((name) => `${tasks}/${name}`);
  }

  const specIn = (folder: string, id: string) => files.json(`${folder}/${id}/config.json`, bounds.documentBytes);

  async function readIn(folder: string, id: string): Promise<ContainerFacts | undefined> {
    const spec = await specIn(folder, id);
    const sandboxId = sandboxIdOf(spec);
    const sandbox = sandboxId === undefined || sandboxId === id ? undefined : await specIn(folder, sandboxId);
    return containerdFacts(id, spec, sandbox);
  }

  const idsIn = async (folder: string) => (await files.names(folder, bounds.containers)).filter(isContainerId);

  return {
    place: `containerd's files (${tasks})`,
    runtimes: ["containerd"],
    async list(signal) {
      const found: ContainerFacts[] = [];
      for (const folder of await folders()) {
        found.push(...(await listed(await idsIn(folder), (id) => readIn(folder, id), signal)));
      }
      return found;
    },
    async find(id) {
      for (const folder of await folders()) {
        for (const whole of idsWith(id, await idsIn(folder))) return await readIn(folder, whole);
      }
      return undefined;
    },
    async follow(changed, signal) {
      // Kubernetes' own is watched from the start; another namespace from when the runtime made it.
      const paths = new Set([`${tasks}/k8s.io`, ...(await folders())]);
      await watchFolders(files, [...paths], (name) => isContainerId(name) && changed(name), signal);
    },
    close() {},
  };
}
