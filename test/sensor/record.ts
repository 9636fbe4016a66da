/** Raw records, byte by byte as sensor/record.h lays them out: what the kernel's programs hand to the sensor. */

export const recordKinds = { syscall: 1, exec: 2, fork: 3, exit: 4, uring: 5, cgroup: 6, capability: 7 } as const;

/** Roles of texts that are no arguments. */
export const roles = {
  comm: 16,
  exePath: 17,
  arguments: 18,
  environment: 19,
  cwd: 20,
  root: 21,
  cgroup: 22,
  resolved: 23,
  descriptor: 24,
  descriptorPath: 25,
} as const;

export const states = { whole: 0, cut: 1, unreadable: 2, none: 3 } as const;

export interface RecordText {
  /** Which argument, or one of {@link roles}. */
  readonly argument: number;
  /** A byte string. */
  readonly bytes: string;
  readonly state?: number;
}

export interface RecordHeader {
  readonly tid?: number;
  readonly pid?: number;
  /** Nanoseconds since boot. */
  readonly time?: bigint;
  readonly cgroup?: bigint;
  readonly cpu?: number;
}

export interface Socket {
  readonly family?: number;
  readonly protocol?: number;
  readonly type?: number;
  readonly local?: string;
  readonly localPort?: number;
  readonly remote?: string;
  readonly remotePort?: number;
  readonly peer?: bigint;
  readonly self?: bigint;
}

export interface OpenFile extends Socket {
  readonly device?: number;
  readonly inode?: bigint;
  readonly mode?: number;
  readonly layer?: number;
  readonly flags?: number;
}

export interface SyscallRecord extends RecordHeader, OpenFile {
  readonly number: number;
  readonly result: bigint | number;
  readonly arguments?: readonly (bigint | number)[];
  /** Absent: none. */
  readonly fd?: number;
  readonly texts?: readonly RecordText[];
}

/** Bytes before the body, and before texts of a system call and of a process. */
const HEADER = 40;
const SYSCALL = 184;
const PROCESS = 224;

function header(kind: number, size: number, of: RecordHeader): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt16LE(kind, 4);
  bytes.writeUInt16LE(of.cpu ?? 0, 6);
  bytes.writeBigUInt64LE(of.time ?? 1_000_000_000n, 8);
  bytes.writeBigUInt64LE(of.cgroup ?? 0n, 16);
  bytes.writeUInt32LE(of.tid ?? 100, 24);
  bytes.writeUInt32LE(of.pid ?? of.tid ?? 100, 28);
  return bytes;
}

function text({ argument, bytes, state = states.whole }: RecordText): Buffer {
  const whole = Buffer.alloc((4 + bytes.length + 7) & ~7);
  whole.writeUInt16LE(bytes.length, 0);
  whole[2] = state;
  whole[3] = argument;
  whole.write(bytes, 4, "latin1");
  return whole;
}

function finish(body: Buffer, texts: readonly RecordText[]): Buffer {
  const bytes = Buffer.concat([body, ...texts.map(text)]);
  bytes.writeUInt32LE(bytes.length, 0);
  return bytes;
}

/** Of the end of a system call, or of an operation of io_uring. */
export function syscallRecord(of: SyscallRecord, kind: number = recordKinds.syscall): Buffer {
  const bytes = header(kind, SYSCALL, of);
  bytes.writeBigInt64LE(BigInt(of.result), 40);
  for (const [index, value] of (of.arguments ?? []).entries())
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), HEADER + 8 + 8 * index);
  bytes.writeUInt32LE(of.number, 96);
  bytes.writeUInt32LE(of.device ?? 0, 100);
  bytes.writeBigUInt64LE(of.inode ?? 0n, 104);
  bytes.writeUInt32LE(of.mode ?? 0, 112);
  bytes.writeUInt16LE(of.layer ?? 0, 116);
  bytes.writeUInt16LE(of.family ?? 0, 118);
  bytes.writeUInt16LE(of.protocol ?? 0, 120);
  bytes.writeUInt16LE(of.localPort ?? 0, 122);
  bytes.writeUInt16LE(of.remotePort ?? 0, 124);
  bytes.writeUInt16LE(of.type ?? 0, 126);
  bytes.write(of.local ?? "", 128, "latin1");
  bytes.write(of.remote ?? "", 144, "latin1");
  bytes.writeBigUInt64LE(of.peer ?? 0n, 160);
  bytes.writeBigUInt64LE(of.self ?? 0n, 168);
  bytes.writeInt32LE(of.fd ?? -1, 176);
  bytes.writeUInt32LE(of.flags ?? 0, 180);
  return finish(bytes, of.texts ?? []);
}

/** Bytes of a struct record_descriptor, as a text that holds one. */
export function descriptorText(fd: number, argument: number, of: OpenFile): RecordText {
  const bytes = Buffer.alloc(88);
  bytes.writeInt32LE(fd, 0);
  bytes.writeUInt32LE(of.device ?? 0, 4);
  bytes.writeBigUInt64LE(of.inode ?? 0n, 8);
  bytes.writeUInt32LE(of.mode ?? 0, 16);
  bytes.writeUInt32LE(of.flags ?? 0, 20);
  bytes.writeUInt16LE(of.layer ?? 0, 24);
  bytes.writeUInt16LE(of.family ?? 0, 26);
  bytes.writeUInt32LE(argument, 36);
  return { argument: roles.descriptor, bytes: bytes.toString("latin1") };
}

export interface ProcessRecord extends RecordHeader {
  readonly parent?: number;
  readonly child?: number;
  readonly childPid?: number;
  readonly childSeen?: number;
  readonly vtid?: number;
  readonly childVtid?: number;
  readonly uid?: number;
  readonly loginUid?: number;
  readonly exeInode?: bigint;
  readonly exeFlags?: number;
  readonly flags?: bigint;
  readonly status?: number;
  readonly reaper?: number;
  readonly texts?: readonly RecordText[];
}

/** Of a program that was started, of a new thread, of one that ended. */
export function processRecord(kind: number, of: ProcessRecord): Buffer {
  const bytes = header(kind, PROCESS, of);
  const tid = of.tid ?? 100;
  const words: readonly (readonly [at: number, value: number | undefined])[] = [
    [40, of.parent ?? 1],
    [48, of.child],
    [52, of.childPid ?? of.child],
    [56, of.vtid ?? tid],
    [60, of.vtid ?? tid],
    [64, of.childVtid ?? of.child],
    [68, of.childVtid ?? of.child],
    [84, of.uid],
    [92, of.loginUid ?? 0xffff_ffff],
    [156, of.exeFlags],
    [204, of.reaper],
  ];
  for (const [at, value] of words) bytes.writeUInt32LE(value ?? 0, at);
  bytes.writeBigUInt64LE(of.exeInode ?? 0n, 128);
  bytes.writeBigUInt64LE(of.flags ?? 0n, 160);
  bytes.writeInt32LE(of.status ?? 0, 200);
  bytes.writeUInt32LE(of.childSeen ?? 0, 216);
  return finish(bytes, of.texts ?? []);
}

/** Of a cgroup that was not seen before. */
export function cgroupRecord(cgroup: bigint, path: string): Buffer {
  return finish(header(recordKinds.cgroup, HEADER, { cgroup }), [{ argument: roles.cgroup, bytes: path }]);
}
