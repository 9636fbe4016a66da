/** Writes captures as libs does today (version 1.2 of the format), so that Falco and sysdig read them too. */
import type { SyscallEvent } from "../event.ts";
import type { GroupFacts, MachineFacts, ThreadSnapshot, UserFacts } from "../sink.ts";
import type { Descriptor } from "../state/thread.ts";
import { eventTypes } from "../types/table.ts";
import { HEADER_BYTES, SECTION, SECTION_MAGIC, TRAILER_BYTES } from "./blocks.ts";

const MACHINE_BYTES = 4 + 8 + 8 + 128 + 4 * 8;
const MOST_TEXT = 0xffff;

/** A block with its lengths, padded to four bytes. */
function block(type: number, ...parts: readonly Buffer[]): Buffer {
  const content = parts.reduce((sum, part) => sum + part.length, 0);
  const length = Math.ceil((HEADER_BYTES + content + TRAILER_BYTES) / 4) * 4;
  const all = Buffer.alloc(length);
  all.writeUInt32LE(type, 0);
  all.writeUInt32LE(length, 4);
  let at = HEADER_BYTES;
  for (const part of parts) at += part.copy(all, at);
  all.writeUInt32LE(length, length - TRAILER_BYTES);
  return all;
}

function u8(value: number): Buffer {
  return Buffer.of(value & 0xff);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes;
}

/** A byte string with its length in two bytes; what is over them is left out, as libs does. */
function counted(text: string): Buffer {
  const bytes = Buffer.from(text.slice(0, MOST_TEXT), "latin1");
  return Buffer.concat([u16(bytes.length), bytes]);
}

function texts(list: readonly string[]): Buffer {
  return counted(list.map((text) => `${text}\0`).join(""));
}

/** An entry that says its length, itself among it. */
function entry(parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([u32(content.length + 4), content]);
}

/** What a capture starts with. */
export function captureHeader(machine: MachineFacts): Buffer {
  const section = block(SECTION, u32(SECTION_MAGIC), u16(1), u16(2), u64(-1));
  const facts = Buffer.alloc(MACHINE_BYTES);
  facts.writeUInt32LE(1, 0);
  facts.write((machine.hostname ?? "").slice(0, 127), 20, "latin1");
  facts.writeBigUInt64LE(machine.bootTime ?? 0n, 148);
  const interfaces = machine.addresses.map((address) => {
    const bytes = Buffer.from(address, "latin1");
    const zeros = Buffer.alloc(2 * bytes.length + 8);
    const content = Buffer.concat([u16(bytes.length === 4 ? 1 : 2), u16(0), bytes, zeros]);
    return Buffer.concat([u32(content.length), content]);
  });
  return Buffer.concat([section, block(0x201, facts), block(0x219, ...interfaces)]);
}

/** Users and groups of the host. */
export function captureUsers(users: readonly UserFacts[], groups: readonly GroupFacts[]): Buffer {
  return block(
    0x220,
    ...users.map(({ id, gid, name, home, shell }) =>
      entry([u8(0), u32(id), u32(gid ?? -1), counted(name), counted(home ?? ""), counted(shell ?? "")]),
    ),
    ...groups.map(({ id, name }) => entry([u8(1), u32(id), counted(name)])),
  );
}

/** Threads that were there before the first event; their descriptors follow, each thread's in a block of its own. */
export function captureThreads(threads: readonly ThreadSnapshot[]): Buffer {
  return block(0x215, ...threads.map(threadEntry));
}

function threadEntry(thread: ThreadSnapshot): Buffer {
  const { capabilities } = thread;
  return entry([
    ...[thread.tid, thread.pid, thread.parent, thread.sid ?? -1, thread.vpgid ?? -1].map(u64),
    ...[thread.comm, thread.exe, thread.exePath].map(counted),
    texts(thread.args),
    counted(thread.cwd ?? ""),
    u64(-1),
    ...[thread.flags ?? 0, thread.uid ?? 0, thread.gid ?? 0].map(u32),
    Buffer.alloc(3 * 4 + 2 * 8),
    texts(thread.environment ?? []),
    ...[thread.vtid ?? thread.tid, thread.vpid ?? thread.pid].map(u64),
    texts(thread.cgroups ?? []),
    counted(thread.root ?? ""),
    u64(thread.pidNamespaceStarted ?? 0n),
    ...[thread.tty ?? 0, thread.loginUid ?? -1].map(u32),
    u8(thread.exeWritable === true ? 1 : 0),
    ...[capabilities?.inheritable ?? 0n, capabilities?.permitted ?? 0n, capabilities?.effective ?? 0n].map(u64),
    u8(thread.exeUpperLayer === true ? 1 : 0),
    ...[thread.exeInode ?? 0n, thread.exeChanged ?? 0n, thread.exeModified ?? 0n].map(u64),
    u8(thread.exeFromMemfd === true ? 1 : 0),
    u8(thread.exeLowerLayer === true ? 1 : 0),
    u64(thread.pgid ?? -1),
  ]);
}

/** Descriptors that one thread had open. */
export function captureDescriptors(tid: number, descriptors: Iterable<readonly [fd: number, Descriptor]>): Buffer {
  const entries: Buffer[] = [];
  for (const [fd, descriptor] of descriptors) {
    const [type, content] = descriptorContent(descriptor);
    entries.push(entry([u64(fd), u64(descriptor.inode ?? 0n), u8(type), content]));
  }
  return block(0x218, u64(tid), ...entries);
}

const kinds: Readonly<Record<string, number>> = {
  directory: 2,
  pipe: 7,
  event: 9,
  signalfd: 11,
  eventpoll: 12,
  inotify: 13,
  timerfd: 14,
  netlink: 15,
  bpf: 17,
  userfault: 18,
  iouring: 19,
  memfd: 20,
  pidfd: 21,
};

const protocols: Readonly<Record<string, number>> = { tcp: 2, udp: 3, icmp: 4, raw: 5 };

function descriptorContent(descriptor: Descriptor): [type: number, content: Buffer] {
  const { kind, name, local, remote } = descriptor;
  if (kind === "file") {
    return [16, Buffer.concat([u32(descriptor.openFlags ?? 0), counted(name), u32(descriptor.device ?? 0)])];
  }
  if (kind === "unix") return [8, Buffer.concat([Buffer.alloc(16), counted(name)])];
  const protocol = u8(protocols[descriptor.protocol ?? ""] ?? 0);
  if ((kind === "ipv4" || kind === "ipv6") && local !== undefined) {
    const size = kind === "ipv4" ? 4 : 16;
    const first = addressBytes(local.address, size);
    if (remote === undefined) return [size === 4 ? 5 : 6, Buffer.concat([first, u16(local.port), protocol])];
    const second = addressBytes(remote.address, size);
    return [size === 4 ? 3 : 4, Buffer.concat([first, second, u16(local.port), u16(remote.port), protocol])];
  }
  return [kinds[kind] ?? 10, counted(name)];
}

function addressBytes(address: string, size: 4 | 16): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.write(address.slice(0, size), 0, "latin1");
  return bytes;
}

/** One event of the table's types. @throws Error where a parameter of a type with short lengths is over 65,535 bytes */
export function captureEvent(event: SyscallEvent): Buffer {
  const large = eventTypes[event.code]?.largeLengths === true;
  const size = large ? 4 : 2;
  const values: Buffer[] = [];
  const lengths = Buffer.alloc(event.parameters * size);
  for (let index = 0; index < event.parameters; index++) {
    const start = event.starts[index] as number;
    const length = Math.max(0, event.lengths[index] as number);
    if (large) lengths.writeUInt32LE(length, index * 4);
    else {
      if (length > MOST_TEXT) throw new Error(`a parameter of ${length} bytes is over ${MOST_TEXT}`);
      lengths.writeUInt16LE(length, index * 2);
    }
    values.push(event.bytes.subarray(start, start + length));
  }
  const value = Buffer.concat(values);
  const header = Buffer.alloc(26);
  header.writeBigUInt64LE(BigInt(event.seconds) * 1_000_000_000n + BigInt(event.nanoseconds), 0);
  header.writeBigInt64LE(BigInt(event.tid), 8);
  header.writeUInt32LE(26 + lengths.length + value.length, 16);
  header.writeUInt16LE(event.code, 20);
  header.writeUInt32LE(event.parameters, 22);
  if (event.stateOnly) return block(large ? 0x222 : 0x217, u16(event.cpu), u32(1), header, lengths, value);
  return block(large ? 0x221 : 0x216, u16(event.cpu), header, lengths, value);
}
