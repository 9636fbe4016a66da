/** Writes frames as the sensor does (docs/sensor-frames.md): a sink that makes records of what it is given. */
import type { ContainerFacts } from "../containers/model.ts";
import type { SyscallEvent } from "../event.ts";
import { containerObject } from "../lines/container.ts";
import type { GroupFacts, MachineFacts, SyscallSink, ThreadSnapshot, UserFacts } from "../sink.ts";
import type { Descriptor } from "../state/thread.ts";
import type { Architecture } from "../types/syscalls.ts";
import {
  ABSENT,
  architectures,
  EVENT_HEADER,
  exeFlags,
  fields,
  kinds,
  MAGIC,
  MAJOR_VERSION,
  MINOR_VERSION,
  RECORD_HEADER,
  STATE_ONLY,
  STREAM_HEADER,
  SYSCALL_BYTES,
} from "./format.ts";
import type { UsedOfKernel } from "./notices.ts";

/** A mark follows after as many bytes. */
const MARK_EVERY = 1024 * 1024;

/** Longest value of a field and of a parameter; what is over it is left out. */
const MOST_VALUE = 0xfffe;

type FieldValue = string | number | bigint | undefined;

export class FrameWriter implements SyscallSink {
  private readonly write: (bytes: Buffer) => void;
  private records = 0;
  private sinceMark = 0;

  /** @param write - gets the bytes in order, each buffer its own */
  constructor(write: (bytes: Buffer) => void, architecture: Architecture) {
    this.write = write;
    const header = Buffer.alloc(STREAM_HEADER);
    MAGIC.copy(header);
    header.writeUInt16LE(MAJOR_VERSION, 8);
    header.writeUInt16LE(MINOR_VERSION, 10);
    header.writeUInt8(architectures[architecture], 12);
    write(header);
    this.mark();
  }

  machine(facts: MachineFacts): void {
    const at = fields.machine;
    this.facts(kinds.machine, [
      [at.hostname, facts.hostname],
      [at.bootTime, facts.bootTime],
      ...facts.addresses.map((address): [number, string] => [at.address, address]),
    ]);
  }

  user(user: UserFacts, container?: string): void {
    const at = fields.user;
    this.facts(kinds.user, [
      [at.id, user.id],
      [at.name, user.name],
      [at.gid, user.gid],
      [at.home, user.home],
      [at.shell, user.shell],
      [at.container, container],
    ]);
  }

  group(group: GroupFacts, container?: string): void {
    const at = fields.group;
    this.facts(kinds.group, [
      [at.id, group.id],
      [at.name, group.name],
      [at.container, container],
    ]);
  }

  thread(thread: ThreadSnapshot): void {
    const at = fields.thread;
    const flags =
      (thread.exeWritable ? exeFlags.writable : 0) |
      (thread.exeUpperLayer ? exeFlags.upperLayer : 0) |
      (thread.exeLowerLayer ? exeFlags.lowerLayer : 0) |
      (thread.exeFromMemfd ? exeFlags.memfd : 0);
    const plain = [
      "tid",
      "pid",
      "parent",
      "vtid",
      "vpid",
      "pgid",
      "vpgid",
      "sid",
      "comm",
      "exe",
      "exePath",
      "cwd",
      "root",
    ];
    const more = ["uid", "gid", "loginUid", "tty", "flags", "exeInode", "exeChanged", "exeModified", "started"];
    const named = [...plain, ...more, "pidNamespaceStarted"] as (keyof typeof at & keyof ThreadSnapshot)[];
    this.facts(kinds.thread, [
      ...named.map((name): [number, FieldValue] => [at[name], thread[name] as FieldValue]),
      [at.args, texts(thread.args)],
      [at.environment, texts(thread.environment)],
      [at.cgroups, texts(thread.cgroups)],
      [at.permitted, thread.capabilities?.permitted],
      [at.effective, thread.capabilities?.effective],
      [at.inheritable, thread.capabilities?.inheritable],
      [at.exeFlags, flags],
    ]);
  }

  descriptor(tid: number, fd: number, descriptor: Descriptor): void {
    const at = fields.descriptor;
    this.facts(kinds.descriptor, [
      [at.tid, tid],
      [at.fd, fd],
      [at.kind, descriptor.kind],
      [at.name, descriptor.name],
      [at.local, descriptor.local?.address],
      [at.localPort, descriptor.local?.port],
      [at.remote, descriptor.remote?.address],
      [at.remotePort, descriptor.remote?.port],
      [at.protocol, descriptor.protocol],
      [at.role, descriptor.role],
      [at.connected, descriptor.connected ? 1 : undefined],
      [at.openFlags, descriptor.openFlags],
      [at.mode, descriptor.mode],
      [at.device, descriptor.device],
      [at.inode, descriptor.inode],
      [at.overlay, descriptor.overlay],
    ]);
  }

  container(facts: ContainerFacts): void {
    const json = Buffer.from(JSON.stringify(containerObject(facts)), "utf8");
    this.facts(kinds.container, [[fields.container.json, json.toString("latin1")]]);
  }

  lost(reason: string, count: number): void {
    this.facts(kinds.lost, [
      [fields.lost.reason, reason],
      [fields.lost.count, count],
    ]);
  }

  metric(name: string, value: bigint): void {
    this.facts(kinds.metric, [
      [fields.metric.name, name],
      [fields.metric.value, value],
    ]);
  }

  missing(what: string, why: string): void {
    this.facts(kinds.missing, [
      [fields.missing.what, what],
      [fields.missing.why, why],
    ]);
  }

  used(used: UsedOfKernel): void {
    const at = fields.used;
    const bits = Buffer.alloc(SYSCALL_BYTES);
    for (const call of used.syscalls) bits[call >> 3] = (bits[call >> 3] as number) | (1 << (call & 7));
    this.facts(kinds.used, [
      [at.cgroup, used.cgroup],
      [at.id, used.id],
      [at.since, used.since],
      [at.whole, used.whole ? 1 : 0],
      [at.syscalls, bits.toString("latin1")],
      [at.capabilities, used.capabilities],
      [at.refused, used.refused],
    ]);
  }

  answer(command: number, done: boolean, why: string): void {
    this.facts(kinds.answer, [
      [fields.answer.command, command],
      [fields.answer.done, done ? 1 : 0],
      [fields.answer.why, done ? undefined : why],
    ]);
  }

  event(event: SyscallEvent): void {
    const count = event.parameters;
    let size = EVENT_HEADER + 2 * count;
    for (let index = 0; index < count; index++)
      size += Math.min(MOST_VALUE, Math.max(0, event.lengths[index] as number));
    const bytes = record(kinds.event, size, event.stateOnly ? STATE_ONLY : 0, event.cpu);
    bytes.writeBigUInt64LE(BigInt(event.seconds) * 1_000_000_000n + BigInt(event.nanoseconds), 8);
    bytes.writeUInt32LE(event.tid, 16);
    bytes.writeUInt16LE(event.code, 20);
    bytes.writeUInt16LE(count, 22);
    let value = EVENT_HEADER + 2 * count;
    for (let index = 0; index < count; index++) {
      const length = Math.min(MOST_VALUE, event.lengths[index] as number);
      bytes.writeUInt16LE(length < 0 ? ABSENT : length, EVENT_HEADER + 2 * index);
      const start = event.starts[index] as number;
      if (length > 0) value += event.bytes.copy(bytes, value, start, start + length);
    }
    this.put(bytes);
  }

  /** The stream is whole: without it a reader takes it as cut. */
  end(): void {
    this.put(record(kinds.end, RECORD_HEADER, 0, 0));
  }

  private facts(kind: number, values: readonly (readonly [field: number, FieldValue])[]): void {
    const parts: Buffer[] = [];
    let size: number = RECORD_HEADER;
    for (const [field, value] of values) {
      if (value === undefined) continue;
      const bytes = typeof value === "string" ? Buffer.from(value.slice(0, MOST_VALUE), "latin1") : numberBytes(value);
      const head = Buffer.alloc(4);
      head.writeUInt16LE(field, 0);
      head.writeUInt16LE(bytes.length, 2);
      parts.push(head, bytes);
      size += 4 + bytes.length;
    }
    const bytes = record(kind, size, 0, 0);
    let at: number = RECORD_HEADER;
    for (const part of parts) at += part.copy(bytes, at);
    this.put(bytes);
  }

  private put(bytes: Buffer): void {
    this.records++;
    this.write(bytes);
    this.sinceMark += bytes.length;
    if (this.sinceMark >= MARK_EVERY) this.mark();
  }

  private mark(): void {
    const bytes = record(kinds.mark, RECORD_HEADER + 16, 0, 0);
    MAGIC.copy(bytes, RECORD_HEADER);
    bytes.writeBigUInt64LE(BigInt(this.records), RECORD_HEADER + MAGIC.length);
    this.write(bytes);
    this.sinceMark = 0;
  }
}

/** A record with its header, zeros behind up to a multiple of eight. */
function record(kind: number, size: number, flags: number, cpu: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(size / 8) * 8);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes[4] = kind;
  bytes[5] = flags;
  bytes.writeUInt16LE(cpu, 6);
  return bytes;
}

function texts(list: readonly string[] | undefined): string | undefined {
  return list?.map((text) => `${text}\0`).join("");
}

function numberBytes(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes;
}
