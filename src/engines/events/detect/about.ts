/** What an alert of a system call is about, as the state knows it while the event is in hand. */
import type { ContainerFacts } from "../containers/model.ts";
import type { SyscallEvent } from "../event.ts";
import { shownText } from "../fields/shown.ts";
import type { AlertProcess, AlertSubject } from "../model.ts";
import type { Thread } from "../state/thread.ts";
import { bounds } from "./bounds.ts";

/** @param hostname - in the place of what the source says of itself */
export function aboutEvent({ thread, host }: SyscallEvent, hostname?: string): AlertSubject {
  const named = hostname ?? (host?.hostname === undefined ? undefined : shownText(host.hostname));
  const container = thread?.container;
  return {
    ...(named === undefined || named === "" ? {} : { host: named }),
    ...(container === undefined || container === "host" ? {} : aboutContainer(container)),
  };
}

export function aboutContainer({ fullId, details }: ContainerFacts): Pick<AlertSubject, "container" | "pod"> {
  const id = shownText(fullId);
  if (details === undefined) return { container: { id } };
  const { name, image, imageId, imageDigest, pod } = details;
  return {
    container: {
      id,
      ...(name === "" ? {} : { name: shownText(name) }),
      ...(image === "" ? {} : { image: shownText(image) }),
      ...(imageId === undefined ? {} : { imageId: shownText(imageId) }),
      ...(imageDigest === undefined ? {} : { imageDigest: shownText(imageDigest) }),
    },
    ...(pod === undefined
      ? {}
      : {
          pod: {
            namespace: shownText(pod.namespace),
            name: shownText(pod.name),
            ...(pod.uid === "" ? {} : { uid: shownText(pod.uid) }),
            ...(pod.owner === undefined
              ? {}
              : { owner: { kind: shownText(pod.owner.kind), name: shownText(pod.owner.name) } }),
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
    name: shownText(comm),
    ...(exePath === "" ? {} : { path: cut(shownText(exePath)) }),
    commandLine: cut(shownText([exe, ...args].join(" "))),
    ...(user === undefined ? (uid === 0 ? { user: "root" } : {}) : { user: shownText(user) }),
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
    names.push(shownText(next.comm));
    next = next.leader.parent;
  }
  return names;
}

export function cut(text: string): string {
  return text.length <= bounds.fieldLength ? text : `${text.slice(0, bounds.fieldLength)}…`;
}
