/**
 * New threads and processes: `clone`, `clone3`, `fork` and `vfork` end twice, in the one that asked and in the new one, in
 * either order, and one of the two can be missing.
 */
import type { SyscallEvent } from "../event.ts";
import { bytesAt, signedAt, textAt, u32At } from "../types/parameters.ts";
import type { Descriptors } from "./descriptors.ts";
import {
  childInPidNamespace,
  cloneFiles,
  cloneInverted,
  cloneNewPid,
  cloneParent,
  cloneThread,
  cloneVfork,
} from "./flags.ts";
import type { State } from "./state.ts";
import type { Thread } from "./thread.ts";

/** After this long, a thread of the same id is another one. */
const staleSeconds = 2;

/** The clone ended in the one that asked for it. */
export function cloned(event: SyscallEvent, thread: Thread, state: State, isVfork: boolean): void {
  if (typeof event.result !== "number" || event.result <= 0) return;
  const child = event.result;
  if (!thread.known) learnCaller(event, thread, state);
  const flags = u32At(event, 15) ?? 0;
  // The child's id is its namespace's own, or it has been and gone (vfork): it tells itself.
  if ((flags & (childInPidNamespace | cloneNewPid | cloneParent | cloneVfork)) !== 0) return;
  if (isVfork || thread.tid !== thread.vtid) return;
  if (state.threads.endedBefore(child, thread.process.pid, event.seconds)) return;
  const before = state.threads.get(child);
  if (before !== undefined) {
    if ((before.flags & cloneInverted) !== 0 && !isStale(before, event)) return;
    state.threads.remove(before, 0);
  }
  const created = create(event, child, flags, thread, state);
  created.vtid = child;
  created.vpid = created.process.pid;
}

/** The clone ended in the new one. The thread is the one that is known by its id; undefined for none. */
export function clonedSelf(event: SyscallEvent, before: Thread | undefined, state: State): void {
  if (before !== undefined) {
    if (before.known && before.startedSeconds !== 0 && !isStale(before, event)) return;
    state.threads.remove(before, 0);
  }
  const flags = u32At(event, 15) ?? 0;
  const isThread = (flags & cloneThread) !== 0;
  const from = state.threads.of((isThread ? signedAt(event, 4) : signedAt(event, 5)) ?? event.tid);
  if (isThread && !from.known) learnLeader(event, from, state);
  const created = create(event, event.tid, flags | cloneInverted, from, state);
  created.vtid = signedAt(event, 18) ?? event.tid;
  created.vpid = signedAt(event, 19) ?? created.process.pid;
  if (created.vpid === 1) created.process.reaper = true;
  const namespaceStarted = created.inPidNamespace || (flags & cloneNewPid) !== 0 ? signedAt(event, 20) : undefined;
  created.pidNamespaceStarted = state.bootTime + BigInt(namespaceStarted ?? 0);
  event.thread = created;
}

function isStale(thread: Thread, event: SyscallEvent): boolean {
  const age = event.seconds - thread.startedSeconds + (event.nanoseconds - thread.startedNanoseconds) / 1e9;
  return age >= staleSeconds;
}

/** @param from - who asked for it, or the main thread of the process that a new thread is of */
function create(event: SyscallEvent, tid: number, flags: number, from: Thread, state: State): Thread {
  const { threads } = state;
  const isThread = (flags & cloneThread) !== 0;
  const thread = isThread
    ? threads.add(tid, from.process.pid, undefined)
    : threads.add(tid, tid, descriptorsOf(from, flags));
  thread.flags = flags;
  thread.inherit(from);
  if (!isThread) {
    thread.process.cwd = from.process.cwd;
    thread.process.root = from.process.root;
    thread.parentPid = from.process.pid;
    threads.link(thread, from);
  }
  thread.pidNamespaceStarted = state.bootTime;
  describe(event, thread, state, from);
  thread.startedSeconds = event.seconds;
  thread.startedNanoseconds = event.nanoseconds;
  const limit = signedAt(event, 7);
  if (limit !== undefined) thread.process.descriptorLimit = limit;
  return thread;
}

function descriptorsOf(from: Thread, flags: number): Descriptors {
  const { descriptors } = from.process;
  return (flags & cloneFiles) !== 0 ? descriptors.share() : descriptors.copy();
}

/**
 * What the end of a clone says of the thread that it ended in, and of its like. What it leaves out of the program is that of
 * the one who asked: it runs the same.
 */
function describe(event: SyscallEvent, thread: Thread, state: State, from?: Thread): void {
  const exe = textAt(event, 1);
  thread.exe = exe ?? from?.exe ?? "";
  thread.comm = textAt(event, 13) ?? thread.exe;
  if (exe === undefined && from !== undefined) thread.inheritArguments(from);
  else thread.setArguments(bytesAt(event, 2) ?? "");
  thread.uid = u32At(event, 16) ?? thread.uid;
  thread.gid = u32At(event, 17) ?? thread.gid;
  readMemory(event, thread);
  const cgroups = bytesAt(event, 14);
  if (cgroups !== undefined && cgroups !== "") state.place(thread, state.readCgroups(cgroups));
  thread.weighAgain();
}

/** Faults and sizes of the process, as ends of clone and execve tell them. */
export function readMemory(event: SyscallEvent, thread: Thread): void {
  thread.majorFaults = signedAt(event, 8) ?? thread.majorFaults;
  thread.minorFaults = signedAt(event, 9) ?? thread.minorFaults;
  thread.vmSize = u32At(event, 10) ?? thread.vmSize;
  thread.vmResident = u32At(event, 11) ?? thread.vmResident;
  thread.vmSwapped = u32At(event, 12) ?? thread.vmSwapped;
}

/** Who asks for a clone and is not known says who it is by that. */
function learnCaller(event: SyscallEvent, thread: Thread, state: State): void {
  learn(event, thread, signedAt(event, 4) ?? thread.tid, state);
  thread.vtid = signedAt(event, 18) ?? thread.tid;
  thread.vpid = signedAt(event, 19) ?? thread.process.pid;
}

/** So does a new thread of its main one. */
function learnLeader(event: SyscallEvent, leader: Thread, state: State): void {
  learn(event, leader, leader.tid, state);
  leader.vpid = signedAt(event, 19) ?? leader.tid;
  leader.vtid = leader.vpid;
}

function learn(event: SyscallEvent, thread: Thread, pid: number, state: State): void {
  state.threads.moveTo(thread, pid);
  thread.known = true;
  describe(event, thread, state);
  if (thread.leader === thread) linkTo(thread, signedAt(event, 5) ?? 0, state);
  thread.invalidate();
}

/** Below the process that its parent's id names, where that is known. */
export function linkTo(thread: Thread, parent: number, state: State): void {
  const above = parent > 0 ? state.threads.get(parent) : undefined;
  state.threads.link(thread, above);
  if (above === undefined) thread.leader.parentPid = parent;
}
