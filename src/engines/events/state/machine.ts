/**
 * The state of a host as its events tell it: threads, what they have open, where they are, who they are. Each event finds its
 * thread and descriptor set, as they are once it has happened, and goes on to who asked for it; what it ends is gone after that.
 */
import { bounds as usual } from "../bounds.ts";
import type { ContainerFacts } from "../containers/model.ts";
import type { SyscallEvent } from "../event.ts";
import type { GroupFacts, MachineFacts, SyscallSink, ThreadSnapshot, UserFacts } from "../sink.ts";
import { codes } from "../types/codes.ts";
import { numberAt, signedAt, textAt, u32At } from "../types/parameters.ts";
import { type CgroupFacts, Cgroups } from "./cgroups.ts";
import { cloned, clonedSelf } from "./clone.ts";
import { Containers } from "./containers.ts";
import type { Descriptor } from "./descriptor.ts";
import type { Host } from "./host.ts";
import { Snapshots } from "./snapshots.ts";
import type { State } from "./state.ts";
import { descriptorAt, resultIs, resultOfCode, stepOf, threadIs, threadOfCode } from "./steps.ts";
import type { Thread } from "./thread.ts";
import { type ThreadBounds, Threads } from "./threads.ts";
import { Users } from "./users.ts";

export interface MachineBounds extends ThreadBounds {
  readonly containers: number;
}

export interface MachineOptions {
  /** Absent: those of `bounds.ts`. */
  readonly bounds?: MachineBounds;
  /** Hears of each container that is seen for the first time and of which no details are known: who can asks its runtime. */
  readonly containerSeen?: (facts: ContainerFacts) => void;
}

const nothing = (): void => undefined;
const noAddresses: readonly string[] = [];

export class Machine implements SyscallSink, Host, State {
  hostname: string | undefined = undefined;
  bootTime = 0n;
  addresses: readonly string[] = noAddresses;
  told: Descriptor | undefined = undefined;
  readonly threads: Threads;
  private readonly handOn: (event: SyscallEvent) => void;
  private readonly bounds: MachineBounds;
  private readonly users = new Users();
  private readonly cgroups = new Cgroups();
  private readonly containers: Containers;
  private readonly snapshots: Snapshots;
  private readonly losses = new Map<string, number>();
  private cgroupsEvicted = 0;
  private count = 0;
  private firstSeconds = -1;
  private firstNanoseconds = 0;

  /** @param then - gets each event with its thread and descriptor set; must not keep it */
  constructor(then: (event: SyscallEvent) => void, options: MachineOptions = {}) {
    this.bounds = options.bounds ?? usual;
    this.handOn = then;
    this.threads = new Threads(this.bounds);
    this.containers = new Containers(this.threads, this.bounds.containers, options.containerSeen ?? nothing);
    this.snapshots = new Snapshots(this);
  }

  machine(facts: MachineFacts): void {
    this.hostname = facts.hostname ?? this.hostname;
    if (facts.addresses.length > 0) this.addresses = facts.addresses;
    this.bootTime = facts.bootTime ?? this.bootTime;
  }

  user(user: UserFacts, container = ""): void {
    this.users.setUser(container, user);
    this.forgetFound();
  }

  group(group: GroupFacts, container = ""): void {
    this.users.setGroup(container, group);
    this.forgetFound();
  }

  /** What rules found of threads can be of a user whose name was not known. Before the first event nothing was found. */
  private forgetFound(): void {
    if (this.count === 0) return;
    for (const thread of this.threads.values()) thread.forgetFound();
  }

  thread(snapshot: ThreadSnapshot): void {
    this.snapshots.thread(snapshot);
    if (this.threads.budget.bytes > this.bounds.stateBytes) this.threads.evictBytes(this.threads.get(snapshot.tid));
    // Late ones stand alone: nobody comes after them to whom they could be linked.
    if (this.count > 0) this.snapshots.settle();
  }

  descriptor(tid: number, fd: number, descriptor: Descriptor): void {
    this.snapshots.descriptor(tid, fd, descriptor);
    if (this.count > 0) this.snapshots.settle();
    const { budget } = this.threads;
    if (budget.held > this.bounds.descriptors) this.threads.evictDescriptors(tid);
    if (budget.bytes > this.bounds.stateBytes) this.threads.evictBytes(this.threads.get(tid));
  }

  container(facts: ContainerFacts): void {
    this.containers.set(facts);
  }

  lost(reason: string, count: number): void {
    this.losses.set(reason, (this.losses.get(reason) ?? 0) + count);
  }

  event(event: SyscallEvent): void {
    if (this.count === 0) this.snapshots.settle();
    this.count += 1;
    event.stamp = (event.stamp + 1) | 0;
    event.host = this;
    event.thread = undefined;
    event.descriptor = undefined;
    event.fd = -1;
    const { code } = event;
    readResult(event, code);
    const of = threadOfCode[code];
    if (this.firstSeconds < 0 && of !== threadIs.none) {
      this.firstSeconds = event.seconds;
      this.firstNanoseconds = event.nanoseconds;
    }
    if (of === threadIs.made) this.follow(event, this.threads.of(event.tid));
    else if (of === threadIs.found) this.followFound(event, this.threads.get(event.tid));
    else this.followTold(event);
    this.told = undefined;
  }

  private follow(event: SyscallEvent, thread: Thread): void {
    const { code } = event;
    thread.recent = true;
    event.thread = thread;
    const at = descriptorAt[code] as number;
    if (at >= 0) {
      const fd = signedAt(event, at);
      if (fd !== undefined) {
        event.fd = fd;
        event.descriptor = thread.process.descriptors.get(fd);
      }
    }
    const step = stepOf[code];
    if (step !== undefined) step(event, thread, this);
    if (!event.stateOnly) this.handOn(event);
    const { descriptor } = event;
    if (descriptor !== undefined && descriptor.nameChanged === true) descriptor.nameChanged = false;
    if (code === codes.close && event.fd >= 0 && event.result === 0) thread.process.descriptors.delete(event.fd);
    const { budget } = this.threads;
    if (budget.held > this.bounds.descriptors) this.threads.evictDescriptors(thread.process.pid);
    if (budget.bytes > this.bounds.stateBytes) this.threads.evictBytes(thread);
  }

  /** Ends of clones, and what needs no thread that is not there. */
  private followFound(event: SyscallEvent, found: Thread | undefined): void {
    const { code } = event;
    event.thread = found;
    if (code === codes.procexit) {
      if (!event.stateOnly) this.handOn(event);
      if (found !== undefined) this.threads.end(found, signedAt(event, 4) ?? -1, event.seconds);
      return;
    }
    if (code === codes.switch) {
      if (found !== undefined) stepOf[code]?.(event, found, this);
    } else if (event.result === 0) {
      clonedSelf(event, found, this);
    } else if (typeof event.result === "number" && event.result > 0) {
      const caller = found ?? this.threads.of(event.tid);
      event.thread = caller;
      cloned(event, caller, this, code === codes.vfork);
    }
    if (event.thread !== undefined) event.thread.recent = true;
    if (!event.stateOnly) this.handOn(event);
    if (this.threads.budget.bytes > this.bounds.stateBytes) this.threads.evictBytes(event.thread);
  }

  /** What the writer of the events says beside them. */
  private followTold(event: SyscallEvent): void {
    const { code } = event;
    const id = u32At(event, 0);
    if (id !== undefined) {
      if (code === codes.useradded) {
        const user = { id, name: textAt(event, 2) ?? "", home: textAt(event, 3) ?? "", shell: textAt(event, 4) ?? "" };
        const gid = u32At(event, 1);
        this.user(gid === undefined ? user : { ...user, gid }, textAt(event, 5));
      } else if (code === codes.userdeleted) this.users.removeUser(textAt(event, 5) ?? "", id);
      else if (code === codes.groupadded) this.group({ id, name: textAt(event, 1) ?? "" }, textAt(event, 2));
      else if (code === codes.groupdeleted) this.users.removeGroup(textAt(event, 2) ?? "", id);
    }
    if (!event.stateOnly) this.handOn(event);
  }

  // What fields ask.

  get firstTime(): bigint {
    return this.firstSeconds < 0 ? 0n : nanoseconds(this.firstSeconds, this.firstNanoseconds);
  }

  userOf(id: number, container: string | undefined): UserFacts | undefined {
    return this.users.user(container ?? "", id);
  }

  groupOf(id: number, container: string | undefined): GroupFacts | undefined {
    return this.users.group(container ?? "", id);
  }

  threadOf(tid: number): Thread | undefined {
    return this.threads.get(tid);
  }

  // What the steps ask.

  readCgroups(texts: string): CgroupFacts {
    if (this.cgroups.bytes > usual.cgroupBytes) {
      this.cgroupsEvicted += this.cgroups.bound(this.threads.values(), usual.cgroupBytes);
    }
    return this.cgroups.read(texts);
  }

  place(thread: Thread, facts: CgroupFacts): void {
    thread.cgroups = facts.paths;
    if (facts.container === undefined) {
      thread.container = "host";
      return;
    }
    const { container } = thread;
    if (typeof container === "object" && container.id === facts.container.id) return;
    thread.container = this.containers.of(facts.container);
  }

  /** What the source lost: reasons with how much. */
  get lostEvents(): ReadonlyMap<string, number> {
    return this.losses;
  }

  /** Of what was forgotten over a bound; those of which nothing was are left out. */
  get evicted(): Readonly<Record<string, number>> {
    const all = {
      threads: this.threads.evicted,
      descriptors: this.threads.budget.evicted,
      containers: this.containers.evicted,
      cgroups: this.cgroupsEvicted,
      users: this.users.left,
    };
    return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
  }

  /** Threads that did something before anybody told who they are. */
  get unknownThreads(): number {
    return this.threads.unknown;
  }
}

function readResult(event: SyscallEvent, code: number): void {
  switch (resultOfCode[code]) {
    case resultIs.signed:
      event.result = signedAt(event, 0);
      return;
    case resultIs.big:
      event.result = numberAt(event, 0, "u64");
      return;
    case resultIs.unsigned:
      event.result = u32At(event, 0);
      return;
    default:
      event.result = undefined;
  }
}

function nanoseconds(seconds: number, rest: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}
