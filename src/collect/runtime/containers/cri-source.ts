/** Containers of containerd and CRI-O, by the socket over which the kubelet speaks to them. */
import {
  type CriEntry,
  criFacts,
  eventContainer,
  listedContainers,
  listRequest,
  runtimeOf,
  sandboxFacts,
  statusRequest,
} from "../../../engines/events/containers/cri.ts";
import { type CriApi, openCriApi } from "../../../engines/events/containers/cri-api.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { isContainerId } from "../../../engines/events/containers/values.ts";
import { idsWith } from "./list-files.ts";
import type { ContainerSource } from "./source.ts";

/** Where they listen, by who ships them. */
export const criSocketPaths = [
  "/run/containerd/containerd.sock",
  "/run/k3s/containerd/containerd.sock",
  "/var/snap/microk8s/common/run/containerd.sock",
  "/run/crio/crio.sock",
] as const;

/** @param socket - on this machine @param place - how it is named to the user */
export function criSource(socket: string, place: string, stallMilliseconds: number): ContainerSource {
  const api = openCriApi(socket, place, stallMilliseconds);
  let runtime: ContainerFacts["runtime"] | undefined;

  async function read({ id, sandboxId }: CriEntry, signal: AbortSignal): Promise<ContainerFacts | undefined> {
    runtime ??= await askRuntime(api, place, signal);
    const status = await api.call("ContainerStatus", statusRequest(id), signal);
    if (status === undefined) return undefined;
    const sandbox =
      sandboxId === undefined ? undefined : await api.call("PodSandboxStatus", statusRequest(sandboxId), signal);
    return criFacts(status, sandbox, runtime, place);
  }

  async function entries(signal: AbortSignal, id?: string): Promise<readonly CriEntry[]> {
    const listed = await api.call("ListContainers", listRequest(id), signal);
    return listed === undefined ? [] : listedContainers(listed, place);
  }

  return {
    place,
    runtimes: ["containerd", "cri-o", "other"],
    async list(signal) {
      const found: ContainerFacts[] = [];
      for (const entry of await entries(signal)) {
        const facts = await read(entry, signal);
        if (facts !== undefined) found.push(facts);
      }
      return found;
    },
    async find(id, signal) {
      if (!isContainerId(id)) return undefined;
      // Runtimes take the beginning of an id for it.
      const listed = await entries(signal, id);
      const [whole] = idsWith(
        id,
        listed.map((entry) => entry.id),
      );
      const entry = listed.find((each) => each.id === whole);
      if (entry !== undefined) return await read(entry, signal);
      const sandbox = await api.call("PodSandboxStatus", statusRequest(id), signal);
      runtime ??= await askRuntime(api, place, signal);
      const facts = sandbox === undefined ? undefined : sandboxFacts(sandbox, runtime, place);
      return facts?.fullId.startsWith(id) === true ? facts : undefined;
    },
    async follow(changed, signal) {
      for await (const message of api.follow("GetContainerEvents", signal)) {
        const id = eventContainer(message, place);
        if (id !== undefined) changed(id);
      }
    },
    close: api.close,
  };
}

async function askRuntime(api: CriApi, place: string, signal: AbortSignal): Promise<ContainerFacts["runtime"]> {
  const version = await api.call("Version", Buffer.alloc(0), signal);
  return version === undefined ? "other" : runtimeOf(version, place);
}
