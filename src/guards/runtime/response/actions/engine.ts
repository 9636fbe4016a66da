/** Containers of docker and podman, paused and ended by the engine's socket (Docker Engine API, which podman speaks too). */
import { setTimeout as delay } from "node:timers/promises";
import { openEngineApi } from "../../../../engines/events/containers/engine-api.ts";
import { isContainerId, objectOf } from "../../../../engines/events/containers/values.ts";
import { notDone } from "./action.ts";

export type ContainerState = "running" | "paused" | "ended" | "gone";

/** Whoever runs a container, as far as responses need it. */
export interface ContainerRuntime {
  /** How it is named to the user: `podman (/run/podman/podman.sock)`. */
  readonly place: string;
  /** @throws Problem */
  state(id: string): Promise<ContainerState>;
  /** @throws Problem where it was not done, or is not so afterwards */
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  /** Ends it; at once where no time is left to it. */
  end(id: string, seconds: number): Promise<void>;
  start(id: string): Promise<void>;
  close(): void;
}

/** Milliseconds without an answer: longer than a container has to end itself. */
const STALL = 20_000;
/** Milliseconds before each look whether what the engine said that it did shows. */
const SHOWS = [0, 50, 200, 500, 1_000, 2_000] as const;

/** @param socket - on this machine @param place - how it is named to the user */
export function engineRuntime(socket: string, place: string, shows: readonly number[] = SHOWS): ContainerRuntime {
  const api = openEngineApi(socket, place, STALL);

  async function state(id: string): Promise<ContainerState> {
    // By a name that looks like an id another container could be found.
    if (!isContainerId(id)) throw notDone(place, "not a container's id");
    const inspected = objectOf(await api.get(`/containers/${id}/json`));
    if (inspected.Id !== id) return "gone";
    const { Status } = objectOf(inspected.State);
    if (Status === "running" || Status === "paused") return Status;
    return Status === "restarting" ? "running" : "ended";
  }

  async function become(id: string, path: string, wanted: readonly ContainerState[]): Promise<void> {
    const { status, said } = await api.post(`/containers/${id}/${path}`);
    // What it answers to what is so already differs between engines and versions: its state tells.
    for (const wait of shows) {
      if (wait > 0) await delay(wait);
      if (wanted.includes(await state(id))) return;
      if (status >= 400 && status !== 404) break;
    }
    throw notDone(place, said === "" ? `${path.split("?")[0]} was answered ${status} and nothing came of it` : said);
  }

  return {
    place,
    state,
    pause: (id) => become(id, "pause", ["paused"]),
    unpause: (id) => become(id, "unpause", ["running"]),
    async end(id, seconds) {
      // One that is frozen cannot end itself, and podman does not stop it.
      const atOnce = seconds === 0 || (await state(id)) === "paused";
      await become(id, atOnce ? "kill?signal=KILL" : `stop?t=${seconds}`, ["ended", "gone"]);
    },
    start: (id) => become(id, "start", ["running"]),
    close: api.close,
  };
}
