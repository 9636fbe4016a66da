/**
 * The frames of the sensor, version 1: kinds of records, their fields, and what they start with. Specified for whoever writes
 * them in docs/sensor-frames.md; a test holds that page and this file to each other.
 */

/** What a stream starts with, and what each mark carries: no text has it, and a stream that lost a byte of it is not one. */
export const MAGIC = Buffer.from([0x89, 0x42, 0x48, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);

export const MAJOR_VERSION = 1;
export const MINOR_VERSION = 1;

/** Bytes that a stream starts with: magic, version, architecture, flags, zeros. */
export const STREAM_HEADER = 24;

/** Bytes that a record starts with: length, kind, flags, processor. */
export const RECORD_HEADER = 8;

/** Bytes of an event's record before the lengths of its parameters: header, time, thread, code, count. */
export const EVENT_HEADER = 24;

/** A parameter's length that says that it is absent. */
export const ABSENT = 0xffff;

/** Flag of an event that the state sees and rules do not. */
export const STATE_ONLY = 1;

/** Bytes of the set of system calls in `used`: one bit for each that any architecture numbers. */
export const SYSCALL_BYTES = 64;

export const architectures = { x86_64: 1, arm64: 2 } as const;

export const kinds = {
  mark: 1,
  event: 2,
  machine: 3,
  user: 4,
  group: 5,
  thread: 6,
  descriptor: 7,
  container: 8,
  lost: 9,
  metric: 10,
  missing: 11,
  end: 12,
  answer: 13,
  used: 14,
} as const;

/** Number of each field, by kind of record. */
export const fields = {
  machine: { hostname: 1, bootTime: 2, address: 3, kernel: 4, sensor: 5 },
  user: { id: 1, name: 2, gid: 3, home: 4, shell: 5, container: 6 },
  group: { id: 1, name: 2, container: 3 },
  thread: {
    tid: 1,
    pid: 2,
    parent: 3,
    vtid: 4,
    vpid: 5,
    pgid: 6,
    vpgid: 7,
    sid: 8,
    comm: 9,
    exe: 10,
    exePath: 11,
    args: 12,
    environment: 13,
    cwd: 14,
    root: 15,
    uid: 16,
    gid: 17,
    loginUid: 18,
    tty: 19,
    permitted: 20,
    effective: 21,
    inheritable: 22,
    exeFlags: 23,
    exeInode: 24,
    exeChanged: 25,
    exeModified: 26,
    started: 27,
    pidNamespaceStarted: 28,
    flags: 29,
    cgroups: 30,
  },
  descriptor: {
    tid: 1,
    fd: 2,
    kind: 3,
    name: 4,
    local: 5,
    localPort: 6,
    remote: 7,
    remotePort: 8,
    protocol: 9,
    role: 10,
    connected: 11,
    openFlags: 12,
    mode: 13,
    device: 14,
    inode: 15,
    overlay: 16,
  },
  container: { json: 1 },
  lost: { reason: 1, count: 2 },
  metric: { name: 1, value: 2 },
  missing: { what: 1, why: 2 },
  answer: { command: 1, done: 2, why: 3 },
  used: { cgroup: 1, id: 2, since: 3, whole: 4, syscalls: 5, capabilities: 6, refused: 7 },
} as const;

/** Bits of a thread's `exeFlags`. */
export const exeFlags = { writable: 1, upperLayer: 2, lowerLayer: 4, memfd: 8 } as const;
