/**
 * The table of threads: who is there, who made whom, and who is forgotten when there are too many. Parents never form a ring,
 * whatever a recording says.
 */
import { type DescriptorBudget, Descriptors, newBudget } from "./descriptors.ts";
import { noId } from "./flags.ts";
import { Process, Thread } from "./thread.ts";

/** How far up anything walks; who nests processes deeper loses what is above. */
const mostGenerations = 1_000;
/** How many threads that ended last are remembered, and for how long: the end of a clone can come after the child's own. */
const endedRemembered = 128;
const endedSeconds = 2;
/** How many threads are passed by, because they did something, before one of them goes. */
const mostPassedBy = 4_096;

export interface ThreadBounds {
  readonly threads: number;
  readonly descriptorsOfOne: number;
  readonly descriptors: number;
  readonly stateBytes: number;
}

export class Threads {
  readonly budget: DescriptorBudget;
  /** Threads that were forgotten although they live. */
  evicted = 0;
  /** Threads that did something before anybody told who they are. */
  unknown = 0;
  private readonly bounds: ThreadBounds;
  private readonly all = new Map<number, Thread>();
  /** Slots of threads that are no more, and the highest that was ever given. */
  private readonly freeSlots: number[] = [];
  private lastSlot = 0;
  /** Who was asked for last: events of one thread come after one another. */
  private last: Thread | undefined = undefined;
  private hand: Iterator<Thread> = this.all.values();
  private readonly ended = new Float64Array(endedRemembered * 3).fill(-1);
  private endedNext = 0;

  constructor(bounds: ThreadBounds) {
    this.bounds = bounds;
    this.budget = newBudget(bounds.descriptorsOfOne);
  }

  get size(): number {
    return this.all.size;
  }

  get(tid: number): Thread | undefined {
    return this.all.get(tid);
  }

  values(): IterableIterator<Thread> {
    return this.all.values();
  }

  /** The thread, or one in its place of which nothing is known but its id: a process of its own, until somebody tells more. */
  of(tid: number): Thread {
    if (this.last?.tid === tid) return this.last;
    const known = this.all.get(tid);
    if (known !== undefined) {
      this.last = known;
      return known;
    }
    const thread = this.add(tid, tid, undefined);
    thread.known = false;
    thread.comm = "<NA>";
    thread.exe = "<NA>";
    thread.uid = noId;
    thread.gid = noId;
    this.unknown += 1;
    return thread;
  }

  /**
   * A new thread, over none: whoever had its id is removed before.
   *
   * @param pid - its process; another id than its own: its main thread is looked up, and made where nobody told of it
   * @param descriptors - of a new process; absent: it has none
   */
  add(tid: number, pid: number, descriptors: Descriptors | undefined): Thread {
    if (this.all.size >= this.bounds.threads) this.evictOne(pid);
    if (tid !== pid) return this.addBeside(this.of(pid).leader, tid);
    const process = new Process(pid, descriptors ?? new Descriptors(this.budget));
    const thread = new Thread(tid, process);
    thread.vtid = tid;
    thread.vpid = pid;
    this.put(thread);
    return thread;
  }

  private put(thread: Thread): void {
    // The main thread of a process that goes on without it gives its id away.
    const before = this.all.get(thread.tid);
    if (before !== undefined) this.release(before);
    this.all.set(thread.tid, thread);
    thread.slot = this.freeSlots.pop() ?? ++this.lastSlot;
    thread.weigh();
    this.last = undefined;
  }

  /** Takes a thread out of the table, unless another one has its id by now. */
  private forget(thread: Thread): void {
    this.release(thread);
    this.last = undefined;
    if (this.all.get(thread.tid) === thread) this.all.delete(thread.tid);
  }

  private release(thread: Thread): void {
    thread.release();
    if (thread.slot !== 0) this.freeSlots.push(thread.slot);
    thread.slot = 0;
  }

  private addBeside(leader: Thread, tid: number): Thread {
    const thread = new Thread(tid, leader.process);
    thread.leader = leader;
    thread.vtid = tid;
    thread.vpid = leader.vpid;
    thread.parentPid = leader.parentPid;
    leader.process.others ??= new Set();
    leader.process.others.add(thread);
    this.put(thread);
    return thread;
  }

  /** It turned out of which process a thread is: what it has so far goes with it. */
  moveTo(thread: Thread, pid: number): void {
    if (thread.process.pid === pid) return;
    const before = thread.process;
    if (pid === thread.tid) {
      before.others?.delete(thread);
      const parent = thread.leader.parent;
      thread.process = new Process(pid, before.descriptors.copy());
      thread.process.cwd = before.cwd;
      thread.process.root = before.root;
      thread.inheritEnvironment(thread.leader);
      thread.leader = thread;
      thread.setParent(parent);
      return;
    }
    const leader = this.of(pid).leader;
    if (thread.leader === thread) {
      // The leader of other threads that is itself a thread of another process: nobody tells which is right.
      if (before.others !== undefined && before.others.size > 0) return;
      for (const child of children(thread)) this.link(child, leader);
      thread.setParent(undefined);
      for (const [fd, descriptor] of before.descriptors) {
        if (leader.process.descriptors.get(fd) === undefined) {
          leader.process.descriptors.set(fd, descriptor, before.descriptors.closesOnExec(fd));
        }
      }
      before.descriptors.release();
    } else {
      before.others?.delete(thread);
    }
    thread.leader = leader;
    thread.process = leader.process;
    leader.process.others ??= new Set();
    leader.process.others.add(thread);
  }

  /** Puts a process below another, unless that one is below it. */
  link(thread: Thread, parent: Thread | undefined): void {
    const process = thread.leader;
    const above = parent?.leader;
    if (above === undefined || this.isBelow(above, process)) {
      process.setParent(undefined);
      return;
    }
    process.parentPid = above.process.pid;
    process.setParent(above);
  }

  /** Whether a process is another one, or descends from it; also where that is too far up to tell. */
  private isBelow(process: Thread, other: Thread): boolean {
    if (process === other) return true;
    if (other.firstChild === undefined) return false;
    let above = process.parent;
    for (let left = mostGenerations; above !== undefined; left--) {
      if (above === other || left === 0) return true;
      above = above.parent;
    }
    return false;
  }

  /**
   * A thread is over. Its process is when it was the last one; what that one made goes to the reaper that the kernel names, or
   * else to the one that it would choose.
   */
  end(thread: Thread, reaper: number, seconds: number): void {
    const at = this.endedNext * 3;
    this.ended[at] = thread.tid;
    this.ended[at + 1] = thread.leader.parent?.process.pid ?? thread.parentPid;
    this.ended[at + 2] = seconds;
    this.endedNext = (this.endedNext + 1) % endedRemembered;
    this.remove(thread, reaper);
  }

  /** Whether a child of that process ended just now. */
  endedBefore(tid: number, parentPid: number, seconds: number): boolean {
    const { ended } = this;
    for (let at = 0; at < ended.length; at += 3) {
      if (ended[at] !== tid || ended[at + 1] !== parentPid) continue;
      const age = seconds - (ended[at + 2] as number);
      if (age >= 0 && age < endedSeconds) return true;
    }
    return false;
  }

  /** Takes a thread out, as {@link end} does, but remembers nothing: another one has its id by now. */
  remove(thread: Thread, reaper: number): void {
    const { leader } = thread;
    const { process } = leader;
    if (thread === leader) {
      if (process.others !== undefined && process.others.size > 0) {
        thread.exited = true;
        return;
      }
    } else {
      process.others?.delete(thread);
      this.forget(thread);
      if (!leader.exited || (process.others !== undefined && process.others.size > 0)) return;
    }
    if (leader.firstChild !== undefined) this.reparent(leader, reaper);
    this.drop(leader);
  }

  /** `execve` ends all other threads of the process. */
  removeOthers(thread: Thread): void {
    const { others } = thread.process;
    if (others === undefined) return;
    for (const other of others) {
      if (other === thread) continue;
      others.delete(other);
      this.forget(other);
    }
  }

  private reparent(leader: Thread, told: number): void {
    const named = told > 0 ? this.all.get(told)?.leader : undefined;
    let reaper = named !== undefined && !this.isBelow(named, leader) ? named : undefined;
    if (reaper !== undefined) reaper.process.reaper = true;
    else reaper = this.reaperOf(leader);
    for (const child of children(leader)) {
      child.setParent(reaper);
      child.parentPid = reaper === undefined ? 0 : reaper.process.pid;
      child.invalidate();
    }
  }

  /** The nearest process above that adopts orphans, in the same namespace of process ids. */
  private reaperOf(leader: Thread): Thread | undefined {
    let above = leader.parent;
    for (let left = mostGenerations; above !== undefined && left > 0; left--) {
      if (above.inPidNamespace !== leader.inPidNamespace) return undefined;
      if (above.process.reaper && !above.exited) return above;
      above = above.parent;
    }
    return undefined;
  }

  /** A process of which nothing is left. */
  private drop(leader: Thread): void {
    leader.setParent(undefined);
    leader.process.descriptors.release();
    this.forget(leader);
  }

  /** Forgets a process that did nothing for long. */
  private evictOne(keepPid: number): void {
    const thread = this.next(({ process }) => process.pid !== keepPid && process.pid !== 1);
    if (thread !== undefined) this.evict(thread.leader);
  }

  private evict(leader: Thread): void {
    for (const other of leader.process.others ?? []) {
      this.forget(other);
      this.evicted += 1;
    }
    for (const child of children(leader)) {
      child.setParent(undefined);
      child.invalidate();
    }
    this.drop(leader);
    this.evicted += 1;
  }

  /** Closes what processes have open that did nothing for long, until all is within its bound. */
  evictDescriptors(keepPid: number): void {
    const { budget } = this;
    for (let left = mostPassedBy; left > 0 && budget.held > this.bounds.descriptors; left--) {
      const thread = this.next(({ process }) => process.pid !== keepPid && process.descriptors.size > 0);
      if (thread === undefined) return;
      const { process } = thread;
      budget.evicted += process.descriptors.size;
      process.descriptors.release();
      process.descriptors = new Descriptors(budget);
    }
  }

  /** Forgets what did nothing for long, until the bytes of all are well within their bound. */
  evictBytes(keep: Thread | undefined): void {
    const kept = keep?.leader;
    const most = this.bounds.stateBytes * 0.9;
    const may = (thread: Thread) =>
      thread !== keep && thread !== kept && (thread.process.pid !== 1 || thread.leader !== thread);
    for (let left = mostPassedBy; left > 0 && this.budget.bytes > most; left--) {
      const thread = this.next(may);
      if (thread === undefined) return;
      const { leader } = thread;
      if (leader !== thread && (leader === kept || leader.process.pid === 1)) {
        leader.process.others?.delete(thread);
        this.forget(thread);
        this.evicted += 1;
      } else this.evict(leader);
    }
  }

  /** Goes round from where it stood: who did something since the last round stays for this one. */
  private next(may: (thread: Thread) => boolean): Thread | undefined {
    let candidate: Thread | undefined;
    for (let left = Math.min(mostPassedBy, 2 * this.all.size); left > 0; left--) {
      let step = this.hand.next();
      if (step.done === true) {
        this.hand = this.all.values();
        step = this.hand.next();
        if (step.done === true) return undefined;
      }
      const thread = step.value;
      if (!may(thread)) continue;
      if (!thread.recent) return thread;
      thread.recent = false;
      candidate ??= thread;
    }
    return candidate;
  }
}

/** A copy, so that they can be moved. */
function children(thread: Thread): Thread[] {
  const all: Thread[] = [];
  for (let child = thread.firstChild; child !== undefined; child = child.nextSibling) all.push(child);
  return all;
}
