/** Containers of a node's kubelet, ended by the socket over which it speaks to their runtime (CRI). */
import { isRunning, statusRequest, stopRequest } from "../../../../engines/events/containers/cri.ts";
import { openCriApi } from "../../../../engines/events/containers/cri-api.ts";
import { isContainerId } from "../../../../engines/events/containers/values.ts";
import { notDone } from "./action.ts";
import type { ContainerRuntime } from "./engine.ts";

const STALL = 20_000;
const TOTAL = 30_000;

export function criRuntime(socket: string, place: string): ContainerRuntime {
  const api = openCriApi(socket, place, STALL);
  const none = (what: string) => async (): Promise<void> => {
    throw notDone(
      place,
      `the kubelet's interface to runtimes (CRI) cannot ${what}`,
      "use stop, killContainer or quarantine",
    );
  };

  return {
    place,
    async state(id) {
      if (!isContainerId(id)) throw notDone(place, "not a container's id");
      const status = await api.call("ContainerStatus", statusRequest(id), AbortSignal.timeout(TOTAL));
      if (status === undefined) return "gone";
      return isRunning(status, place) ? "running" : "ended";
    },
    pause: none("pause containers"),
    unpause: none("pause containers"),
    async end(id, seconds) {
      await api.call("StopContainer", stopRequest(id, seconds), AbortSignal.timeout(TOTAL));
      if ((await this.state(id)) === "running") throw notDone(place, "the container still runs");
    },
    start: none("start a container again: the kubelet does, by the pod's restart policy"),
    close: api.close,
  };
}
