/**
 * A host that is made up, and what its processes do, written as a capture. Each call is written as its start and its end, with
 * the parameters that the reader beside us knows: of those that are left out the start tells.
 */
import { Buffer } from "node:buffer";
import { captureEvent, captureHeader, captureThreads, captureUsers } from "../../src/engines/events/capture/write.ts";
import { SyscallEvent } from "../../src/engines/events/event.ts";
import type { ThreadSnapshot } from "../../src/engines/events/sink.ts";
import { codes } from "../../src/engines/events/types/codes.ts";
import { fillEvent, type ParameterValue } from "../../src/engines/events/types/encode.ts";
import { flag } from "../../src/engines/events/types/flags.ts";
import { eventType } from "../../src/engines/events/types/table.ts";

export type Values = Readonly<Record<string, ParameterValue>>;

/** What is told of a process beside its name and parent; `container` names one of `Stage.container`. */
export interface ProcessFacts extends Partial<Omit<ThreadSnapshot, "tid" | "parent" | "comm">> {
  readonly container?: string;
}

export interface Execution extends ProcessFacts {
  /** A program that could not be run: its error's number, below 0. */
  readonly result?: number;
  /** Absent: the name of its file. */
  readonly comm?: string;
  readonly upperLayer?: boolean;
  readonly fromMemfd?: boolean;
}

export interface ContainerFacts {
  readonly image?: string;
  readonly privileged?: boolean;
  readonly mounts?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

export type Call = Exclude<keyof typeof codes, "generic">;

const START = 1_700_000_000;
const STEP = 1_000_000;
const CONTAINER_ID = 64;
const everything = 0x1ff_ffff_ffffn;

export const all = { permitted: everything, effective: everything, inheritable: 0n };
export const none = { permitted: 0n, effective: 0n, inheritable: 0n };

export class Stage {
  private readonly threads = new Map<number, ThreadSnapshot>();
  /** Full ids by name. */
  private readonly containers = new Map<string, string>();
  private readonly events: Buffer[] = [];
  private readonly known: readonly number[];
  private readonly event = new SyscallEvent();
  private readonly users: { readonly id: number; readonly name: string }[] = [];
  private lastProcess = 0;
  private nanoseconds = 0;

  /** @param known - parameters of each type of event, by code, that the reader beside us knows */
  constructor(known: readonly number[]) {
    this.known = known;
  }

  user(id: number, name: string): void {
    this.users.push({ id, name });
  }

  container(name: string, { image = "shop/api", privileged = false, mounts = [], labels = {} }: ContainerFacts): void {
    const id = (this.containers.size + 1).toString(16).padStart(2, "c").padEnd(CONTAINER_ID, "0");
    const container = {
      id: id.slice(0, 12),
      full_id: id,
      type: 0,
      lookup_state: 1,
      name,
      image: `${image}:1`,
      imagerepo: image,
      imagetag: "1",
      privileged,
      labels,
      // What has no sandbox is of no pod.
      ...(Object.keys(labels).length > 0 && { pod_sandbox_id: id.replace(/^./, "d") }),
      Mounts: mounts.map((path) => ({ Source: path, Destination: path, Mode: "", RW: true, Propagation: "" })),
    };
    this.containers.set(name, id);
    this.write(1, codes.container, { json: JSON.stringify({ container }) });
  }

  /** A process that was there before. @returns its id */
  process(comm: string, parent: number, { container, ...facts }: ProcessFacts = {}): number {
    const tid = ++this.lastProcess;
    const path = container === undefined ? "/system.slice/app.service" : `/docker/${this.containers.get(container)}`;
    const inContainer = container === undefined ? {} : { vtid: tid + 1, vpid: tid + 1 };
    this.threads.set(tid, {
      tid,
      pid: tid,
      parent,
      comm,
      exe: comm,
      exePath: `/usr/bin/${comm}`,
      args: [],
      sid: 1,
      pgid: tid,
      vpgid: tid,
      cwd: "/srv/",
      root: "/",
      uid: 0,
      gid: 0,
      loginUid: 0xffff_ffff,
      tty: 0,
      capabilities: all,
      cgroups: [`cpuset=${path}`, `memory=${path}`],
      ...inContainer,
      ...facts,
    });
    return tid;
  }

  /** A new process that runs a program; what is not said of it is as its parent has it. @returns its id */
  run(parent: number, line: string | readonly string[], execution: Execution = {}): number {
    const [exe = "", ...args] = typeof line === "string" ? line.split(" ") : line;
    const from = this.snapshot(parent);
    const { result = 0, upperLayer, fromMemfd, container: _container, ...facts } = execution;
    const tid = ++this.lastProcess;
    const virtual = tid + (this.isContained(parent) ? 1 : 0);
    const before = { ...from, tid, pid: tid, vtid: virtual, vpid: virtual, parent, vpgid: tid, pgid: tid, ...facts };
    this.threads.set(tid, { ...before, comm: from.comm, exe: from.exe, exePath: from.exePath, args: from.args });
    const path = execution.exePath ?? (exe.includes("/") ? exe : `/usr/bin/${exe}`);
    const { capabilities = all } = before;
    this.call(tid, "execve", {
      res: result,
      exe,
      args,
      tid,
      pid: tid,
      ptid: parent,
      cwd: before.cwd ?? "",
      fdlimit: 1024,
      pgft_maj: 0,
      pgft_min: 10,
      vm_size: 1000,
      vm_rss: 500,
      vm_swap: 0,
      comm: execution.comm ?? path.slice(path.lastIndexOf("/") + 1).slice(0, 15),
      cgroups: before.cgroups ?? [],
      env: before.environment ?? ["PATH=/usr/bin"],
      tty: before.tty ?? 0,
      vpgid: before.vpgid,
      loginuid: before.loginUid ?? 0xffff_ffff,
      flags:
        (upperLayer === true ? flag("execve_flags", "EXE_UPPER_LAYER") : 0) |
        (fromMemfd === true ? flag("execve_flags", "EXE_FROM_MEMFD") : 0),
      cap_inheritable: 0n,
      cap_permitted: capabilities.permitted,
      cap_effective: capabilities.effective,
      exe_ino: 77,
      exe_ino_ctime: 1_600_000_000_000_000_000n,
      exe_ino_mtime: 1_600_000_000_000_000_000n,
      uid: before.uid ?? 0,
      trusted_exepath: path,
      pgid: before.pgid,
      gid: before.gid ?? 0,
      filename: path,
    });
    return tid;
  }

  isContained(tid: number): boolean {
    return this.snapshot(tid).cgroups?.some((path) => path.includes("=/docker/")) === true;
  }

  /** An id for a process that is to come by a call. */
  unborn(): number {
    return ++this.lastProcess;
  }

  snapshot(tid: number): ThreadSnapshot {
    const found = this.threads.get(tid);
    if (found === undefined) throw new Error(`there is no process ${tid}`);
    return found;
  }

  call(tid: number, name: Call, values: Values): void {
    this.start(tid, name, values);
    this.write(tid, codes[name], values);
  }

  /** The process sleeps. */
  pass(seconds: number): void {
    this.nanoseconds += seconds * 1_000_000_000;
  }

  /** The start of a call, with those of its parameters that are known before it ends. */
  private start(tid: number, call: Call, values: Values): void {
    const code = codes[call] - 1;
    const type = eventType(code);
    if (type === undefined || type.unused) return;
    // The start of dup2 and its like names what the end names the old one.
    const all: Values = "oldfd" in values ? { ...values, fd: values.oldfd } : values;
    const told = type.parameters.filter(({ name }) => name in all);
    this.write(tid, code, Object.fromEntries(told.map(({ name }) => [name, all[name]])));
  }

  private write(tid: number, code: number, values: Values): void {
    const { event } = this;
    fillEvent(event, code, values);
    event.parameters = Math.min(event.parameters, this.known[code] ?? event.parameters);
    event.tid = tid;
    event.seconds = START + Math.floor(this.nanoseconds / 1e9);
    event.nanoseconds = this.nanoseconds % 1e9;
    this.nanoseconds += STEP;
    this.events.push(captureEvent(event));
  }

  /** The whole capture. */
  bytes(): Buffer {
    return Buffer.concat([
      captureHeader({ hostname: "stage", addresses: ["\x0a\0\0\x01"], bootTime: 0n }),
      captureThreads([...this.threads.values()]),
      captureUsers(this.users, this.users),
      ...this.events,
    ]);
  }
}
