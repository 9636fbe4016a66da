/** What the parts of the state that follow events share. */
import type { SyscallEvent } from "../event.ts";
import type { CgroupFacts } from "./cgroups.ts";
import type { Descriptor } from "./descriptor.ts";
import { currentDirectory } from "./flags.ts";
import { joinPath, unknownDirectory } from "./paths.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/** What a step of the state sees besides the event and its thread. */
export interface State {
  readonly threads: Threads;
  /** When the host started, in nanoseconds since 1970; 0n where nothing tells. */
  readonly bootTime: bigint;
  /** The host's own addresses, 4 or 16 bytes. */
  readonly addresses: readonly string[];
  /** The descriptor that was told of last since the event before this one; undefined where none was. */
  told: Descriptor | undefined;
  /** What cgroups tell, from the text of an event's parameter. */
  readCgroups(texts: string): CgroupFacts;
  /** Puts a thread where its cgroups say that it is. */
  place(thread: Thread, facts: CgroupFacts): void;
}

/** Follows one kind of event. The result, and the descriptor that the event names, are set in it. */
export type Step = (event: SyscallEvent, thread: Thread, state: State) => void;

/** True for a call that did what it was asked for. */
export function succeeded(event: SyscallEvent): boolean {
  return typeof event.result === "number" && event.result >= 0;
}

/** The event opened a descriptor. */
export function opened(
  event: SyscallEvent,
  thread: Thread,
  fd: number,
  descriptor: Descriptor,
  closeOnExec: boolean,
): void {
  thread.process.descriptors.set(fd, descriptor, closeOnExec);
  event.fd = fd;
  event.descriptor = descriptor;
  if (descriptor.name !== "") descriptor.nameChanged = true;
}

/** The event changed what a descriptor is called. */
export function renamed(descriptor: Descriptor, name: string): void {
  if (descriptor.name === name) return;
  descriptor.name = name;
  descriptor.nameChanged = true;
}

/** The thread's working directory, with a slash at its end; `./` where nothing tells. */
export function workingDirectory(thread: Thread): string {
  const { cwd } = thread.process;
  return cwd === "" ? "./" : cwd;
}

/** The directory that a name starts from which was passed with a descriptor: `openat`. */
export function directoryOf(thread: Thread, fd: number, name: string): string {
  if (name.startsWith("/")) return "";
  if (fd === currentDirectory) return workingDirectory(thread);
  const directory = thread.process.descriptors.get(fd);
  if (directory === undefined) return unknownDirectory;
  return directory.name === "" || directory.name.endsWith("/") ? directory.name : `${directory.name}/`;
}

/** The path that a name means which was passed with a descriptor. */
export function pathFrom(thread: Thread, fd: number, name: string): string {
  return joinPath(directoryOf(thread, fd, name), name);
}
