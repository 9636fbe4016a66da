/**
 * Learns what containers do from a stream of events: a sink for its source, what was learned out of it. What a runtime does
 * in a container before it executes the program that was asked for is the runtime's, and is left out.
 */
import type { ContainerFacts } from "../containers/model.ts";
import type { SyscallEvent } from "../event.ts";
import type { SensorNotices } from "../frames/notices.ts";
import type { SyscallSink } from "../sink.ts";
import { containerOfPath } from "../state/cgroups.ts";
import { Machine } from "../state/machine.ts";
import type { Process, Thread } from "../state/thread.ts";
import { codes } from "../types/codes.ts";
import type { Architecture } from "../types/syscalls.ts";
import { bounds } from "./bounds.ts";
import { connectionDeeds, connectionHooks } from "./connection-events.ts";
import { ContainerRecord } from "./container.ts";
import { createDeeds, noteOpened } from "./deeds.ts";
import { fileDeeds, fileHooks, inodeOf, layerOf } from "./file-events.ts";
import { learnedOf } from "./learned.ts";
import type { Learned } from "./model.ts";

/** What a sensor has to be attached to for what is learned, beside what keeps the state true. */
export const learnHooks: readonly string[] = [...new Set([...fileHooks, ...connectionHooks])];

export interface LearningOptions {
  /** Hours that a workload is to be watched for. */
  readonly hours: number;
  /** Hears of each container of which no details are known. */
  readonly containerSeen?: (facts: ContainerFacts) => void;
}

export interface Learning {
  readonly sink: SyscallSink;
  readonly notices: SensorNotices;
  readonly events: number;
  /** Containers that were seen so far. */
  readonly containers: number;
  /** @param now - milliseconds since 1970, of a stream that goes on; absent: when its last event was */
  finish(now?: number): Learned;
}

const execs: ReadonlySet<number> = new Set([codes.execve, codes.execveat]);
const makes: ReadonlySet<number> = new Set([codes.clone, codes.clone3, codes.fork, codes.vfork]);

export function createLearning(options: LearningOptions): Learning {
  const records = new Map<string, ContainerRecord>();
  const recordOf = new WeakMap<ContainerFacts, ContainerRecord>();
  /** Processes of what the container was started for, or of a session in it; false: the runtime's own. */
  const entered = new WeakMap<Process, boolean>();
  const budget = { bytes: 0 };
  const deeds = createDeeds();
  let architecture: Architecture = "x86_64";
  let first = -1;
  let last = -1;
  let events = 0;
  let overContainers = 0;
  const machine = new Machine(onEvent, {
    ...(options.containerSeen === undefined ? {} : { containerSeen: options.containerSeen }),
  });

  function recordFor(facts: ContainerFacts): ContainerRecord | undefined {
    const known = recordOf.get(facts);
    if (known !== undefined) return known;
    const key = `${facts.uid ?? ""} ${facts.fullId}`;
    let record = records.get(key);
    if (record === undefined) {
      if (records.size >= bounds.containers) {
        overContainers += 1;
        return undefined;
      }
      record = new ContainerRecord(facts, last, budget);
      records.set(key, record);
    } else if (facts.details !== undefined || record.facts.details === undefined) record.facts = facts;
    recordOf.set(facts, record);
    return record;
  }

  function isEntered(thread: Thread): boolean {
    const { leader } = thread;
    const known = entered.get(leader.process);
    if (known !== undefined) return known;
    const above = leader.parent;
    // Made in the container by one that is in it: as that one.
    const inside = above !== undefined && containerOf(above) === containerOf(thread) && isEntered(above);
    if (leader.known) entered.set(leader.process, inside);
    return inside;
  }

  function onEvent(event: SyscallEvent): void {
    const { thread, code } = event;
    const container = thread === undefined ? undefined : containerOf(thread);
    if (thread === undefined || container === undefined) return;
    const record = recordFor(container);
    if (record === undefined) return;
    record.to = last;
    if (code === codes.procexit) {
      if (thread.process.pid === record.main && thread.leader === thread) record.stop = true;
      return;
    }
    if (execs.has(code) && event.result === 0) enter(thread, record);
    // Of a new process it is seen while the one that made it is still there.
    if (!isEntered(thread) || makes.has(code)) return;
    record.user(thread.uid, thread.gid);
    deeds.record = record;
    fileDeeds(event, thread, deeds);
    connectionDeeds(event, deeds);
  }

  function enter(thread: Thread, record: ContainerRecord): void {
    const { process } = thread;
    // Of what is inside already none becomes the runtime's by a name that it takes.
    const isOurs = isEntered(thread) || !isRuntime(thread);
    entered.set(process, isOurs);
    if (!isOurs) return;
    record.executes(thread.leader);
    if (record.main !== 0) return;
    if (thread.vpid !== 1 && record.facts.details?.hostPid !== true) return;
    record.main = process.pid;
    record.start = !record.early;
  }

  function onSnapshot(tid: number): void {
    const thread = machine.threadOf(tid);
    const container = thread === undefined ? undefined : containerOf(thread);
    if (thread === undefined || container === undefined) return;
    const record = recordFor(container);
    if (record === undefined || isRuntime(thread)) return;
    if (entered.get(thread.process) === undefined) {
      entered.set(thread.process, true);
      record.early ||= !record.start;
      deeds.record = record;
      if (thread.exePath !== "") deeds.executed(thread.exePath, layerOf(thread));
    }
    if (thread.vpid === 1 && record.main === 0) record.main = thread.process.pid;
  }

  const sink: SyscallSink = {
    machine: (facts) => machine.machine(facts),
    user: (user, container) => machine.user(user, container),
    group: (group, container) => machine.group(group, container),
    thread(snapshot) {
      machine.thread(snapshot);
      onSnapshot(snapshot.tid);
    },
    descriptor(tid, fd, descriptor) {
      machine.descriptor(tid, fd, descriptor);
      const thread = machine.threadOf(tid);
      const container = thread === undefined ? undefined : containerOf(thread);
      if (thread === undefined || container === undefined || !isEntered(thread)) return;
      const record = recordFor(container);
      if (record === undefined) return;
      const { kind, name, overlay, local, remote, protocol } = descriptor;
      if (kind === "file") noteOpened(record, name, { inode: inodeOf(descriptor), layer: overlay, open: true });
      else if (local !== undefined && remote === undefined && protocol === "tcp" && local.port !== 0) {
        record.port("TCP", local.port);
      }
    },
    container(facts) {
      machine.container(facts);
      for (const record of records.values()) {
        if (record.facts.fullId === facts.fullId && facts.details !== undefined)
          record.facts = { ...record.facts, details: facts.details };
      }
    },
    event(event) {
      last = event.seconds * 1000 + event.nanoseconds / 1_000_000;
      if (events === 0) begin();
      events += 1;
      machine.event(event);
    },
    lost(reason, count) {
      machine.lost(reason, count);
      for (const record of records.values()) if (!record.stop) record.loses(reason, count);
    },
  };

  /** What was told before the first event was there from then on. */
  function begin(): void {
    first = last;
    for (const record of records.values()) {
      record.from = first;
      record.to = first;
    }
  }

  const notices: SensorNotices = {
    architecture: (told) => {
      architecture = told;
    },
    used(used) {
      const facts = containerOfPath(used.cgroup);
      if (facts !== undefined) recordFor(facts)?.used.set(used.id, used);
    },
  };

  return {
    sink,
    notices,
    get events() {
      return events;
    },
    get containers() {
      return records.size;
    },
    finish(now = last) {
      return learnedOf([...records.values()], {
        architecture,
        from: Math.max(0, first),
        to: Math.max(0, now, last),
        hours: options.hours,
        forgotten: { ...machine.evicted, ...(overContainers === 0 ? {} : { containers: overContainers }) },
      });
    },
  };
}

function containerOf({ container }: Thread): ContainerFacts | undefined {
  return container === "host" ? undefined : container;
}

/** A runtime's own process, which is about to become the program: `runc init`. */
function isRuntime({ leader }: Thread): boolean {
  if (/^(?:runc|crun|youki)(?::|$)/.test(leader.comm)) return true;
  return leader.args.length === 1 && leader.args[0] === "init" && /(?:^|\/)(?:runc|exe)$/.test(leader.exe);
}
