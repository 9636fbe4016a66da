/** A machine that tests feed event by event, and what was seen of each. */
import assert from "node:assert/strict";
import { SyscallEvent } from "../event.ts";
import type { ThreadSnapshot } from "../sink.ts";
import { codes } from "../types/codes.ts";
import { fillEvent, type ParameterValue } from "../types/encode.ts";
import type { Descriptor } from "./descriptor.ts";
import { Machine, type MachineBounds, type MachineOptions } from "./machine.ts";
import type { Thread } from "./thread.ts";

type Values = Readonly<Record<string, ParameterValue>>;

/** What the event showed when it was handed on. */
export interface Seen {
  readonly thread: Thread | undefined;
  /** A copy: the state goes on with its own. */
  readonly descriptor: Descriptor | undefined;
  readonly fd: number;
  readonly result: SyscallEvent["result"];
}

export class Bench {
  readonly machine: Machine;
  readonly event = new SyscallEvent();
  seconds = 1_700_000_000;
  private last: Seen | undefined;

  constructor(options: MachineOptions = {}) {
    this.machine = new Machine((event) => {
      const { thread, descriptor, fd, result } = event;
      this.last = { thread, descriptor: descriptor === undefined ? undefined : { ...descriptor }, fd, result };
    }, options);
  }

  /** One event, and what it showed. */
  on(tid: number, name: keyof typeof codes, values: Values = {}): Seen {
    this.last = undefined;
    this.send(tid, name, values);
    assert.ok(this.last !== undefined);
    return this.last;
  }

  send(tid: number, name: keyof typeof codes, values: Values = {}): void {
    const { event } = this;
    fillEvent(event, codes[name], values);
    event.tid = tid;
    event.number += 1;
    event.seconds = this.seconds;
    event.nanoseconds = 0;
    this.machine.event(event);
  }

  /** A process that was there before. */
  process(pid: number, parent: number, facts: Partial<ThreadSnapshot> = {}): void {
    const comm = facts.comm ?? `p${pid}`;
    this.machine.thread({
      ...{ tid: pid, pid, parent, comm, exe: comm, exePath: `/bin/${comm}`, args: [], cwd: "/", uid: 0, gid: 0 },
      ...facts,
    });
  }

  thread(tid: number): Thread {
    const thread = this.machine.threadOf(tid);
    assert.ok(thread !== undefined, `no thread ${tid}`);
    return thread;
  }

  /** What a process has open: numbers with names. */
  open(pid: number): Record<number, string> {
    return Object.fromEntries([...this.thread(pid).process.descriptors].map(([fd, { name }]) => [fd, name]));
  }
}

export const smallBounds: MachineBounds = {
  ...{ threads: 50, descriptorsOfOne: 8, descriptors: 120, containers: 5 },
  stateBytes: 1024 * 1024,
};

/** Parameters of the end of a clone. */
export function clone(result: number, pid: number, parent: number, more: Values = {}): Values {
  return {
    res: result,
    exe: "sh",
    args: [],
    tid: pid,
    pid,
    ptid: parent,
    comm: "sh",
    flags: 0,
    uid: 0,
    gid: 0,
    ...more,
  };
}

/** Parameters of the end of an execve. */
export function exec(pid: number, parent: number, path: string, more: Values = {}): Values {
  const comm = path.slice(path.lastIndexOf("/") + 1);
  return {
    ...{ res: 0, exe: path, args: ["-l"], tid: pid, pid, ptid: parent, comm, tty: 0, loginuid: 4294967295, flags: 0 },
    ...{ uid: 0, gid: 0, pgid: pid, vpgid: pid, trusted_exepath: path, ...more },
  };
}

/** Four bytes of an address. */
export function ip(text: string): string {
  return String.fromCharCode(...text.split(".").map(Number));
}

export function tuple(
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
): ParameterValue {
  return { kind: "ipv4", source: ip(source), sourcePort, destination: ip(destination), destinationPort };
}
