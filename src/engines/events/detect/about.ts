/** What an alert of a system call is about, as the state knows it while the event is in hand. */
import { hash } from "node:crypto";
import { beginning } from "../beginning.ts";
import type { ContainerFacts } from "../containers/model.ts";
import type { SyscallEvent } from "../event.ts";
import { shownText } from "../fields/shown.ts";
import type { AlertProcess, AlertSubject } from "../model.ts";
import type { Thread } from "../state/thread.ts";
import { bounds } from "./bounds.ts";

/** @param hostname - in the place of what the source says of itself */
export function aboutEvent({ thread, host }: SyscallEvent, hostname?: string): AlertSubject {
  const named = hostname ?? (host?.hostname === undefined ? undefined : shownName(host.hostname));
  const container = thread?.container;
  return {
    ...(named === undefined || named === "" ? {} : { host: named }),
    ...(container === undefined || container === "host" ? {} : aboutContainer(container)),
  };
}

export function aboutContainer({ fullId, details }: ContainerFacts): Pick<AlertSubject, "container" | "pod"> {
  const id = shownName(fullId);
  if (details === undefined) return { container: { id } };
  const { name, image, imageId, imageDigest, pod } = details;
  return {
    container: {
      id,
      ...(name === "" ? {} : { name: shownName(name) }),
      ...(image === "" ? {} : { image: shownName(image) }),
      ...(imageId === undefined ? {} : { imageId: shownName(imageId) }),
      ...(imageDigest === undefined ? {} : { imageDigest: shownName(imageDigest) }),
    },
    ...(pod === undefined
      ? {}
      : {
          pod: {
            namespace: shownName(pod.namespace),
            name: shownName(pod.name),
            ...(pod.uid === "" ? {} : { uid: shownName(pod.uid) }),
            ...(pod.owner === undefined
              ? {}
              : { owner: { kind: shownName(pod.owner.kind), name: shownName(pod.owner.name) } }),
          },
        }),
  };
}

/** What sources write for a user that nothing told: (uid_t) -1. */
const UNKNOWN = 0xffff_ffff;

export function processOf({ thread, host }: SyscallEvent): AlertProcess | undefined {
  if (thread === undefined) return undefined;
  const { process, comm, exe, exePath, args, uid, container } = thread;
  const user = host?.userOf(uid, container === undefined || container === "host" ? undefined : container.id)?.name;
  return {
    pid: process.pid,
    name: shownName(comm),
    ...(exePath === "" ? {} : { path: cut(shownStart(exePath)) }),
    commandLine: cut(shownStart([exe, ...args].join(" "))),
    ...(user === undefined ? (uid === 0 ? { user: "root" } : {}) : { user: shownName(user) }),
    ...(uid === UNKNOWN ? {} : { uid }),
    ancestors: ancestorsOf(thread),
  };
}

function ancestorsOf(thread: Thread): string[] {
  const names: string[] = [];
  let next = thread.leader.parent;
  while (next !== undefined && names.length < bounds.ancestors) {
    // A parent that is not known has no name, and nothing above it is known either.
    if (next.comm === "") break;
    names.push(shownName(next.comm));
    next = next.leader.parent;
  }
  return names;
}

/** Of a long text what can be shown of it at most: the rest is not even decoded. */
function shownStart(bytes: string): string {
  return shownText(bytes.length <= 2 * bounds.fieldLength ? bytes : bytes.slice(0, 2 * bounds.fieldLength));
}

/** A name as people read it. What is cut off still tells it from another. */
export function shownName(bytes: string): string {
  if (bytes.length <= bounds.nameLength) return shownText(bytes);
  return `${shownText(bytes.slice(0, bounds.nameLength))}… ${hash("sha256", Buffer.from(bytes, "latin1")).slice(0, 16)}`;
}

export function cut(text: string): string {
  return beginning(text, bounds.fieldLength);
}
