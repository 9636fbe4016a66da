/** Frames of what containers did, written as the sensor writes them. */
import { SyscallEvent } from "../event.ts";
import type { UsedOfKernel } from "../frames/notices.ts";
import { FrameReader } from "../frames/read.ts";
import { FrameWriter } from "../frames/write.ts";
import type { ThreadSnapshot } from "../sink.ts";
import { clone, exec } from "../state/machine.fixture.ts";
import { codes } from "../types/codes.ts";
import { fillEvent, type ParameterValue } from "../types/encode.ts";
import { flag } from "../types/flags.ts";
import { createLearning, type LearningOptions } from "./collect.ts";
import type { Learned } from "./model.ts";

type Values = Readonly<Record<string, ParameterValue>>;

/** Times are Unix seconds; the first event is at 2026-03-01T12:00:00Z. */
export const storyStart = Date.parse("2026-03-01T12:00:00Z") / 1000;

const childInPidNamespace = 0x2000_0000;

export class Story {
  readonly bytes: Buffer[] = [];
  readonly writer = new FrameWriter((bytes) => this.bytes.push(bytes), "x86_64");
  seconds = storyStart;
  private inodes = 1_000;
  private readonly event = new SyscallEvent();

  on(tid: number, name: keyof typeof codes, values: Values = {}): void {
    const { event } = this;
    fillEvent(event, codes[name], values);
    event.tid = tid;
    event.seconds = this.seconds;
    event.nanoseconds = 0;
    this.writer.event(event);
  }

  /** A process that was there before the first event. */
  process(pid: number, facts: Partial<ThreadSnapshot> = {}): void {
    const comm = facts.comm ?? `p${pid}`;
    this.writer.thread({
      ...{ tid: pid, pid, parent: 1, comm, exe: comm, exePath: `/bin/${comm}`, args: [], cwd: "/", uid: 0, gid: 0 },
      ...facts,
    });
  }

  /** As runc starts one: the runtime's own process in the container's cgroup, which then executes the program. */
  container(pid: number, id: string, path: string, more: Values = {}): void {
    const cgroups = [`cpuset=${cgroup(id)}`];
    const self = { vtid: 1, vpid: 1, flags: childInPidNamespace, comm: "runc:[2:INIT]", exe: "/proc/self/exe" };
    this.on(pid, "clone", clone(0, pid, 100, { ...self, args: ["init"], cgroups }));
    this.open(pid, "/etc/ld.so.cache", { write: false });
    this.open(pid, "/run/runc/exec.fifo", { write: true });
    this.on(pid, "mkdir", { res: 0, path: "/rootfs/made-by-runc", mode: 0 });
    this.on(pid, "execve", exec(pid, 100, path, { cgroups, cwd: "/", ...more }));
  }

  fork(parent: number, pid: number, vpid: number, id: string, more: Values = {}): void {
    const cgroups = [`cpuset=${cgroup(id)}`];
    this.on(pid, "clone", clone(0, pid, parent, { vtid: vpid, vpid, flags: childInPidNamespace, cgroups, ...more }));
  }

  open(
    tid: number,
    name: string,
    how: {
      readonly write?: boolean;
      readonly layer?: "upper" | "lower";
      readonly inode?: number;
      readonly fd?: number;
    },
  ): void {
    const flags = how.write ? ["O_WRONLY", "O_CREAT"] : ["O_RDONLY"];
    if (how.layer !== undefined) flags.push(how.layer === "upper" ? "FD_UPPER_LAYER" : "FD_LOWER_LAYER");
    this.on(tid, "openat", {
      fd: how.fd ?? 9,
      dirfd: -100,
      name,
      flags: flags.reduce((sum, one) => sum | flag("file_flags", one), 0),
      mode: 0,
      dev: 40,
      // Each a file of its own.
      ino: how.inode ?? ++this.inodes,
    });
  }

  used(id: string, more: Partial<UsedOfKernel> = {}): void {
    const nothing = { syscalls: [], capabilities: 0n, refused: 0n };
    this.writer.used({
      cgroup: cgroup(id),
      id: BigInt(`0x${id.slice(0, 8)}`),
      since: 0n,
      whole: true,
      ...nothing,
      ...more,
    });
  }

  learn(options: Partial<LearningOptions> = {}): Learned {
    const learning = createLearning({ hours: 0, ...options });
    const reader = new FrameReader("story", learning.sink, learning.notices);
    this.writer.end();
    for (const bytes of this.bytes) reader.push(bytes);
    reader.end();
    return learning.finish();
  }
}

export function containerId(digit: string): string {
  return digit.repeat(64);
}

function cgroup(id: string): string {
  return `/machine.slice/libpod-${id}.scope`;
}
