/** `pause`, `stop` and `killContainer`, by the container's own runtime. */
import { criSocketPaths } from "../../../../collect/runtime/containers/cri-source.ts";
import { hostFiles } from "../../../../collect/runtime/containers/host-files.ts";
import type { ContainerFacts } from "../../../../engines/events/containers/model.ts";
import { shownText } from "../../../../engines/events/fields/shown.ts";
import type { Undo } from "../model.ts";
import { type Acted, notDone, type Prepared, settled } from "./action.ts";
import { criRuntime } from "./cri.ts";
import { type ContainerRuntime, engineRuntime } from "./engine.ts";

export type ContainerAction = "pause" | "stop" | "killContainer";

/** Seconds that a container has to end itself. */
const GRACE = 5;

interface Found {
  readonly runtime: ContainerRuntime;
  /** Where what was done can be taken back by it. */
  readonly undo?: Pick<Undo & { kind: "container" }, "runtime" | "socket">;
}

/** @param root - where the host's root filesystem is @throws Problem where its runtime cannot be asked */
export async function prepareContainer(
  action: ContainerAction,
  facts: ContainerFacts,
  root: string,
): Promise<Prepared> {
  const target = containerTarget(facts);
  const { runtime, undo } = await runtimeOf(facts, root);
  const id = facts.fullId;
  try {
    const state = await runtime.state(id);
    if (state === "gone" || state === "ended") return settled(target, "gone", "the container has ended");
    if (action === "pause" && state === "paused") return settled(target, "unchanged", "the container is paused");
  } finally {
    runtime.close();
  }
  return {
    target,
    async act() {
      const { runtime: again } = await runtimeOf(facts, root);
      try {
        if (action === "pause") await again.pause(id);
        else await again.end(id, action === "stop" ? GRACE : 0);
      } finally {
        again.close();
      }
      return acted(action, facts, undo);
    },
  };
}

export function containerTarget({ id, details }: ContainerFacts): string {
  return `container ${shownText(id)}${details === undefined || details.name === "" ? "" : ` (${shownText(details.name)})`}`;
}

function acted(action: ContainerAction, facts: ContainerFacts, undo: Found["undo"]): Acted {
  if (undo === undefined) return { reason: "the kubelet starts it again, by the pod's restart policy" };
  const what = action === "pause" ? "unpause" : "start";
  return {
    undo: { kind: "container", ...undo, id: facts.fullId, do: what },
    undoCommand: `${undo.runtime} ${what} ${facts.fullId}`,
  };
}

/** Takes a container's pause or end back. @throws Problem @returns undefined where it is so already */
export async function undoContainer({
  runtime: name,
  socket,
  id,
  do: what,
}: Undo & { kind: "container" }): Promise<void> {
  const runtime = engineRuntime(socket, `${name} (${socket})`);
  try {
    const state = await runtime.state(id);
    if (state === "gone") throw notDone(runtime.place, `no container ${id}`);
    if (state === "running") return;
    if (what === "unpause" && state === "ended") throw notDone(runtime.place, "the container has ended meanwhile");
    await (state === "paused" ? runtime.unpause(id) : runtime.start(id));
  } finally {
    runtime.close();
  }
}

async function runtimeOf({ runtime, uid, fullId }: ContainerFacts, root: string): Promise<Found> {
  const files = hostFiles(root);
  const paths = socketsOf(runtime, uid);
  for (const path of paths) {
    const socket = files.find(path);
    if (socket === undefined) continue;
    if (runtime === "docker" || runtime === "podman") {
      const found = engineRuntime(socket, `${runtime} (${path})`);
      return { runtime: found, undo: { runtime, socket } };
    }
    const found = criRuntime(socket, `CRI (${path})`);
    // Several may be there: who knows it is its own.
    if ((await found.state(fullId).catch(() => "gone")) !== "gone") return { runtime: found };
    found.close();
  }
  const remedy = runtime === "podman" ? "serve it: systemctl enable --now podman.socket" : `mount ${paths[0]} for it`;
  throw notDone(
    `${runtime} (${paths[0]})`,
    "no socket of the container's runtime is there, or none knows the container",
    remedy,
  );
}

function socketsOf(runtime: ContainerFacts["runtime"], uid: number | undefined): readonly [string, ...string[]] {
  if (runtime === "podman")
    return [uid === undefined ? "/run/podman/podman.sock" : `/run/user/${uid}/podman/podman.sock`];
  if (runtime === "docker") return ["/run/docker.sock", "/var/run/docker.sock"];
  return criSocketPaths as readonly string[] as readonly [string, ...string[]];
}
