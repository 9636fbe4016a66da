/** Walks up from a thread: its process, its parents, the leader of its session or group. */
import type { SyscallEvent } from "../event.ts";
import type { Thread } from "../state/thread.ts";

/** Of how many ancestors fields tell: whoever nests processes deeper hides no more than what is above those. */
export const mostAncestors = 256;

/** The process (its main thread) so many generations up: 0 is the thread's own. */
export function ancestor(thread: Thread, generations: number): Thread | undefined {
  if (generations > mostAncestors) return undefined;
  let process: Thread | undefined = thread.leader;
  for (let left = generations; left > 0 && process !== undefined; left--) process = process.parent;
  return process;
}

/** What each ancestor's `read` gives, the parent first; without the thread's own process. Undefined where it has no parent. */
export function ofAncestors<Result>(thread: Thread, read: (process: Thread) => Result): Result[] | undefined {
  let process = thread.leader.parent;
  if (process === undefined) return undefined;
  const all: Result[] = [];
  for (let left = mostAncestors; left > 0 && process !== undefined && process !== thread.leader; left--) {
    all.push(read(process));
    process = process.parent;
  }
  return all;
}

/** Which id leads: of the session, of the process group as the host or as the process's own namespace numbers it. */
export type LeaderId = "sid" | "pgid" | "vpgid";

/**
 * The process that leads the thread's session or group. On the host it is the one with that id. Within a namespace of process
 * ids, sessions and groups have the namespace's numbers, so that it is the eldest ancestor of the same session or group.
 */
export function leaderOf(thread: Thread, event: SyscallEvent, id: LeaderId): Thread | undefined {
  const wanted = thread[id];
  if (wanted < 0) return undefined;
  if (id === "pgid" || !thread.inPidNamespace) {
    const leader = event.host?.threadOf(wanted);
    if (leader !== undefined) return leader;
  }
  let found: Thread | undefined;
  let process = thread.leader.parent;
  for (let left = mostAncestors; left > 0 && process !== undefined && process[id] === wanted; left--) {
    found = process;
    process = process.parent;
  }
  return found;
}
