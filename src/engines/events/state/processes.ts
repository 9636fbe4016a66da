/** What processes become: programs, names, groups, sessions, users, capabilities, limits. */
import type { SyscallEvent } from "../event.ts";
import { bigAt, bytesAt, signedAt, textAt, u32At, unsignedAt } from "../types/parameters.ts";
import { linkTo, readMemory } from "./clone.ts";
import {
  allCapabilities,
  childInPidNamespace,
  cloneFiles,
  cloneInverted,
  cloneNewUser,
  descriptorLimit,
  exeFromMemfd,
  exeLowerLayer,
  exeUpperLayer,
  exeWritable,
  noId,
  SET_CHILD_SUBREAPER,
} from "./flags.ts";
import { joinPath, withoutDeleted } from "./paths.ts";
import { type Step, succeeded, workingDirectory } from "./state.ts";
import type { Thread } from "./thread.ts";

export const execve: Step = (event, thread, state) => {
  if (!succeeded(event)) return;
  // Another thread than the main one can start a program when that is over already: it has its id from then on.
  thread.exited = false;
  state.threads.moveTo(thread, signedAt(event, 4) ?? thread.process.pid);
  if (!thread.known) {
    thread.known = true;
    linkTo(thread, signedAt(event, 5) ?? 0, state);
    if ((thread.flags & childInPidNamespace) === 0) {
      thread.vtid = thread.tid;
      thread.vpid = thread.process.pid;
    }
  }
  thread.exe = textAt(event, 1) ?? "";
  thread.comm = textAt(event, 13) ?? thread.exe;
  thread.setArguments(bytesAt(event, 2) ?? "");
  const environment = bytesAt(event, 15);
  if (environment !== undefined) thread.setEnvironment(environment);
  readMemory(event, thread);
  const cgroups = bytesAt(event, 14);
  if (cgroups !== undefined && cgroups !== "") state.place(thread, state.readCgroups(cgroups));
  const limit = signedAt(event, 7);
  if (limit !== undefined) thread.process.descriptorLimit = limit;
  thread.exePath = programOf(event, thread);
  readProgram(event, thread);
  thread.tty = u32At(event, 16) ?? thread.tty;
  thread.vpgid = signedAt(event, 17) ?? thread.vpgid;
  thread.pgid = signedAt(event, 28) ?? thread.pgid;
  const login = u32At(event, 18);
  if (login !== undefined) thread.loginUid = login === noId ? undefined : login;
  thread.uid = u32At(event, 26) ?? thread.uid;
  thread.gid = u32At(event, 29) ?? thread.gid;
  thread.process.descriptors = thread.process.descriptors.unshare();
  thread.process.descriptors.closeOnExec();
  thread.flags &= cloneInverted | childInPidNamespace;
  state.threads.removeOthers(thread);
  thread.weighAgain();
  thread.invalidate();
};

/** The kernel's own path of the program; of old recordings the name that was passed; empty where neither is there. */
function programOf(event: SyscallEvent, thread: Thread): string {
  const path = textAt(event, 27);
  if (path !== undefined && path !== "") return withoutDeleted(path);
  const name = textAt(event, 30);
  if (name === undefined || name === "" || name === "<NA>") return "";
  return joinPath(workingDirectory(thread), name);
}

function readProgram(event: SyscallEvent, thread: Thread): void {
  const flags = u32At(event, 19);
  if (flags !== undefined) {
    thread.exeWritable = (flags & exeWritable) !== 0;
    thread.exeUpperLayer = (flags & exeUpperLayer) !== 0;
    thread.exeFromMemfd = (flags & exeFromMemfd) !== 0;
    thread.exeLowerLayer = (flags & exeLowerLayer) !== 0;
  }
  readCapabilities(event, thread, 20);
  thread.exeInode = bigAt(event, 23, false) ?? 0n;
  thread.exeChanged = bigAt(event, 24, false) ?? 0n;
  thread.exeModified = bigAt(event, 25, false) ?? 0n;
}

/** Inheritable, permitted, effective, one after the other; all or none are there. */
function readCapabilities(event: SyscallEvent, thread: Thread, at: number): void {
  const inheritable = bigAt(event, at, false);
  const permitted = bigAt(event, at + 1, false);
  const effective = bigAt(event, at + 2, false);
  if (inheritable === undefined || permitted === undefined || effective === undefined) return;
  const before = thread.capabilities;
  if (before.effective === effective && before.permitted === permitted && before.inheritable === inheritable) return;
  thread.capabilities = { inheritable, permitted, effective };
}

/**
 * A name that a process gives itself (PR_SET_NAME) is not followed: rules except programs by name, and anybody could take one
 * of those.
 */
export const prctl: Step = (event, thread) => {
  if (!succeeded(event) || u32At(event, 1) !== SET_CHILD_SUBREAPER) return;
  thread.process.reaper = (signedAt(event, 3) ?? 0) !== 0;
};

export const setsid: Step = (event, thread) => {
  if (!succeeded(event)) return;
  for (const each of threadsOf(thread)) {
    each.sid = event.result as number;
    each.vpgid = event.result as number;
    each.pgid = each.process.pid;
    each.tty = 0;
  }
  thread.leader.invalidate();
};

/** Ids are those of the caller's namespace: there, only the process itself and its children can be told. */
export const setpgid: Step = (event, thread) => {
  if (!succeeded(event)) return;
  const pid = signedAt(event, 1) ?? 0;
  const group = signedAt(event, 2) ?? 0;
  const target = pid === 0 || pid === thread.vpid ? thread.leader : childNumbered(thread, pid);
  if (target === undefined) return;
  const vpgid = group === 0 ? target.vpid : group;
  const first = vpgid === target.vpid ? target : childNumbered(thread, vpgid);
  const pgid = first?.process.pid ?? (thread.inPidNamespace ? undefined : vpgid);
  for (const each of threadsOf(target)) {
    each.vpgid = vpgid;
    if (pgid !== undefined) each.pgid = pgid;
  }
  target.invalidate();
};

function childNumbered(thread: Thread, vpid: number): Thread | undefined {
  for (let child = thread.leader.firstChild; child !== undefined; child = child.nextSibling) {
    if (child.vpid === vpid) return child;
  }
  return undefined;
}

function* threadsOf(thread: Thread): IterableIterator<Thread> {
  yield thread.leader;
  yield* thread.process.others ?? [];
}

/** @param at - parameter with the effective id that was asked for; -1 leaves it as it is */
export function setsUser(at: number): Step {
  return (event, thread) => {
    const id = u32At(event, at);
    if (event.result !== 0 || id === undefined || id === noId || id === thread.uid) return;
    thread.uid = id;
    thread.invalidate();
  };
}

export function setsGroup(at: number): Step {
  return (event, thread) => {
    const id = u32At(event, at);
    if (event.result !== 0 || id === undefined || id === noId || id === thread.gid) return;
    thread.gid = id;
    thread.invalidate();
  };
}

export const capset: Step = (event, thread) => {
  if (!succeeded(event)) return;
  readCapabilities(event, thread, 1);
  thread.invalidate();
};

/** The first in a new user namespace, or who enters one, holds all capabilities there. */
export const unshare: Step = (event, thread) => {
  if (!succeeded(event)) return;
  const flags = u32At(event, 1) ?? 0;
  if ((flags & cloneFiles) !== 0) thread.process.descriptors = thread.process.descriptors.unshare();
  if ((flags & cloneNewUser) !== 0) holdAll(thread);
};

export const setns: Step = (event, thread) => {
  if (succeeded(event) && ((u32At(event, 2) ?? 0) & cloneNewUser) !== 0) holdAll(thread);
};

function holdAll(thread: Thread): void {
  thread.capabilities = { inheritable: allCapabilities, permitted: allCapabilities, effective: allCapabilities };
  thread.invalidate();
}

/** `getrlimit` and `setrlimit`: the limit that holds, of descriptors. */
export const limit: Step = (event, thread) => {
  if (!succeeded(event) || unsignedAt(event, 3, 1) !== descriptorLimit) return;
  const most = signedAt(event, 1);
  if (most !== undefined && most !== -1) thread.process.descriptorLimit = most;
};

export const prlimit: Step = (event, thread, state) => {
  if (event.result !== 0 || unsignedAt(event, 6, 1) !== descriptorLimit) return;
  const most = signedAt(event, 1);
  const pid = signedAt(event, 5) ?? 0;
  const target = pid === 0 ? thread : state.threads.get(pid);
  if (most !== undefined && most !== -1 && target !== undefined) target.process.descriptorLimit = most;
};

/** `brk`, `mmap`, `munmap`. */
export const memory: Step = (event, thread) => {
  thread.vmSize = u32At(event, 1) ?? thread.vmSize;
  thread.vmResident = u32At(event, 2) ?? thread.vmResident;
  thread.vmSwapped = u32At(event, 3) ?? thread.vmSwapped;
};

/** The kernel goes on with another thread. */
export const contextSwitch: Step = (event, thread) => {
  if (u32At(event, 5) === undefined) return;
  thread.majorFaults = signedAt(event, 1) ?? thread.majorFaults;
  thread.minorFaults = signedAt(event, 2) ?? thread.minorFaults;
  const { leader } = thread;
  leader.vmSize = u32At(event, 3) ?? leader.vmSize;
  leader.vmResident = u32At(event, 4) ?? leader.vmResident;
  leader.vmSwapped = u32At(event, 5) ?? leader.vmSwapped;
};
