/** What descriptors are open on: files, pipes, and the rest that is no socket; and what copies and closes them. */
import type { SyscallEvent } from "../event.ts";
import { bigAt, signedAt, textAt, u32At, unsignedAt } from "../types/parameters.ts";
import type { Descriptor, DescriptorKind } from "./descriptor.ts";
import { makeDescriptor } from "./descriptor.ts";
import {
  closeRangeOnExec,
  closeRangeUnshare,
  creatLowerLayer,
  creatUpperLayer,
  currentDirectory,
  epollCloseOnExec,
  fcntlCommands,
  lowerLayer,
  memfdCloseOnExec,
  openCloseOnExec,
  openDirectory,
  upperLayer,
} from "./flags.ts";
import { asDirectory, joinPath, nameAsPassed } from "./paths.ts";
import { opened, pathFrom, type State, type Step, succeeded, workingDirectory } from "./state.ts";
import type { Thread } from "./thread.ts";

export const open: Step = (event, thread, state) => {
  if (!succeeded(event)) return;
  const name = textAt(event, 1) ?? "<NA>";
  openFile(event, thread, name, joinPath(workingDirectory(thread), name), u32At(event, 2) ?? 0, 3, 4, state);
};

export const creat: Step = (event, thread, state) => {
  if (!succeeded(event)) return;
  const name = textAt(event, 1) ?? "<NA>";
  const layers = unsignedAt(event, 5, 2) ?? 0;
  const flags =
    ((layers & creatUpperLayer) !== 0 ? upperLayer : 0) | ((layers & creatLowerLayer) !== 0 ? lowerLayer : 0);
  openFile(event, thread, name, joinPath(workingDirectory(thread), name), flags, 2, 3, state);
};

export const openat: Step = (event, thread, state) => openBelow(event, thread, 5, state);
export const openat2: Step = (event, thread, state) => openBelow(event, thread, 6, state);

function openBelow(event: SyscallEvent, thread: Thread, deviceAt: number, state: State): void {
  if (!succeeded(event)) return;
  const name = textAt(event, 2) ?? "<NA>";
  const path = pathFrom(thread, signedAt(event, 1) ?? currentDirectory, name);
  openFile(event, thread, name, path, u32At(event, 3) ?? 0, 4, deviceAt, state);
}

/** The kernel tells the whole path. */
export const openByHandle: Step = (event, thread, state) => {
  if (!succeeded(event)) return;
  const path = textAt(event, 3) ?? "<NA>";
  openFile(event, thread, path, joinPath("", path), u32At(event, 2) ?? 0, -1, 4, state);
};

function openFile(
  event: SyscallEvent,
  thread: Thread,
  name: string,
  path: string,
  flags: number,
  modeAt: number,
  deviceAt: number,
  state: State,
): void {
  const descriptor = makeDescriptor((flags & openDirectory) !== 0 ? "directory" : "file", path);
  descriptor.nameRaw = nameAsPassed(name);
  descriptor.openFlags = flags;
  if (modeAt >= 0) descriptor.mode = u32At(event, modeAt);
  descriptor.device = u32At(event, deviceAt);
  descriptor.inode = bigAt(event, deviceAt + 1, false);
  if ((flags & upperLayer) !== 0) descriptor.overlay = "upper";
  else if ((flags & lowerLayer) !== 0) descriptor.overlay = "lower";
  if (state.told !== undefined && state.told === thread.process.descriptors.get(event.result as number))
    descriptor.reached = reachedPath(descriptor, state.told);
  opened(event, thread, event.result as number, descriptor, (flags & openCloseOnExec) !== 0);
}

/** The sensor tells the path that the kernel followed to the same file right before, as that of the same number. */
function reachedPath(opens: Descriptor, told: Descriptor): string | undefined {
  if (opens.inode === undefined || opens.inode === 0n) return undefined;
  if (told.inode !== opens.inode || told.device !== opens.device) return undefined;
  return told.name.startsWith("/") && told.name !== opens.name ? told.name : undefined;
}

export const memfdCreate: Step = (event, thread) => {
  if (!succeeded(event)) return;
  const flags = u32At(event, 2) ?? 0;
  const descriptor = makeDescriptor("memfd", nameAsPassed(textAt(event, 1) ?? ""));
  descriptor.openFlags = flags;
  opened(event, thread, event.result as number, descriptor, (flags & memfdCloseOnExec) !== 0);
};

export const pidfdOpen: Step = (event, thread) => {
  if (!succeeded(event)) return;
  const pid = signedAt(event, 1) ?? 0;
  const descriptor = makeDescriptor("pidfd", `/proc/${pid}`);
  descriptor.pid = pid;
  descriptor.openFlags = u32At(event, 2) ?? 0;
  opened(event, thread, event.result as number, descriptor, true);
};

/** A copy of what another process has open. */
export const pidfdGetfd: Step = (event, thread, state) => {
  if (!succeeded(event)) return;
  const fd = event.result as number;
  const process = thread.process.descriptors.get(signedAt(event, 1) ?? -1);
  const other = process?.pid === undefined ? undefined : state.threads.get(process.pid);
  const taken = other?.process.descriptors.get(signedAt(event, 2) ?? -1);
  if (taken === undefined) {
    thread.process.descriptors.delete(fd);
    return;
  }
  copied(event, thread, fd, true, taken);
};

/** Anything that is nothing but its kind: eventfd, epoll, inotify, bpf, userfaultfd, io_uring… */
export function opens(kind: DescriptorKind, closeOnExec: (event: SyscallEvent) => boolean): Step {
  return (event, thread) => {
    if (!succeeded(event)) return;
    opened(event, thread, event.result as number, makeDescriptor(kind, ""), closeOnExec(event));
  };
}

export function always(): boolean {
  return true;
}

export function never(): boolean {
  return false;
}

/** The flags are a parameter of 2 or 4 bytes. */
export function byFlags(index: number, size: 2 | 4): (event: SyscallEvent) => boolean {
  return (event) => ((unsignedAt(event, index, size) ?? 0) & openCloseOnExec) !== 0;
}

export function byEpollFlags(event: SyscallEvent): boolean {
  return ((u32At(event, 1) ?? 0) & epollCloseOnExec) !== 0;
}

export const pipe: Step = (event, thread) => pipeWith(event, thread, 0);
export const pipe2: Step = (event, thread) => pipeWith(event, thread, u32At(event, 4) ?? 0);

function pipeWith(event: SyscallEvent, thread: Thread, flags: number): void {
  if (!succeeded(event)) return;
  const inode = bigAt(event, 3, false);
  for (const index of [1, 2]) {
    const descriptor = makeDescriptor("pipe", "");
    descriptor.inode = inode;
    descriptor.openFlags = flags;
    opened(event, thread, signedAt(event, index) ?? -1, descriptor, (flags & openCloseOnExec) !== 0);
  }
}

export const duplicate: Step = (event, thread) => {
  // `dup2` of a number onto itself changes nothing.
  if (!succeeded(event) || event.result === event.fd) return;
  copied(event, thread, event.result as number, false, event.descriptor);
};

export const duplicateWithFlags: Step = (event, thread) => {
  if (!succeeded(event)) return;
  copied(event, thread, event.result as number, ((u32At(event, 3) ?? 0) & openCloseOnExec) !== 0, event.descriptor);
};

export const fcntl: Step = (event, thread) => {
  if (!succeeded(event)) return;
  const command = unsignedAt(event, 2, 1);
  if (command === fcntlCommands.setFlags) {
    thread.process.descriptors.setCloseOnExec(event.fd, ((signedAt(event, 3) ?? 0) & 1) !== 0);
  } else if (command === fcntlCommands.duplicate || command === fcntlCommands.duplicateCloseOnExec) {
    const closeOnExec = command === fcntlCommands.duplicateCloseOnExec;
    copied(event, thread, event.result as number, closeOnExec, event.descriptor);
  }
};

/** Two numbers for one open file: what happens to it is seen by both. Of what is not known, the copy is not known either. */
function copied(
  event: SyscallEvent,
  thread: Thread,
  fd: number,
  closeOnExec: boolean,
  from: SyscallEvent["descriptor"],
): void {
  if (from === undefined) thread.process.descriptors.delete(fd);
  else thread.process.descriptors.set(fd, from, closeOnExec);
  event.fd = fd;
  event.descriptor = from;
}

export const closeRange: Step = (event, thread) => {
  if (!succeeded(event)) return;
  const first = u32At(event, 1) ?? 0;
  const last = u32At(event, 2) ?? 0;
  const flags = u32At(event, 3) ?? 0;
  if ((flags & closeRangeUnshare) !== 0) thread.process.descriptors = thread.process.descriptors.unshare();
  if ((flags & closeRangeOnExec) !== 0) thread.process.descriptors.closeRangeOnExec(first, last);
  else thread.process.descriptors.deleteRange(first, last);
};

export const chdir: Step = (event, thread) => {
  const path = textAt(event, 1);
  if (path !== undefined && succeeded(event)) changeDirectory(thread, path);
};

export const fchdir: Step = (event, thread) => {
  if (event.descriptor !== undefined && succeeded(event)) changeDirectory(thread, event.descriptor.name);
};

/** `getcwd` tells what the kernel has, whatever was missed before. */
export const getcwd: Step = (event, thread) => {
  const path = textAt(event, 1);
  if (path?.startsWith("/") && succeeded(event)) changeDirectory(thread, path);
};

function changeDirectory(thread: Thread, path: string): void {
  thread.process.cwd = asDirectory(joinPath(workingDirectory(thread), path));
  thread.leader.weighAgain();
}

export const chroot: Step = (event, thread) => {
  const path = textAt(event, 1);
  if (path === undefined || !succeeded(event)) return;
  thread.process.root = joinPath(workingDirectory(thread), path);
  thread.leader.weighAgain();
};
