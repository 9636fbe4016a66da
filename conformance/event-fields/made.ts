/** A capture made here: system calls that public captures lack, as today's events, on a host of a few processes. */
import { Buffer } from "node:buffer";
import {
  captureDescriptors,
  captureEvent,
  captureHeader,
  captureThreads,
  captureUsers,
} from "../../src/engines/events/capture/write.ts";
import { SyscallEvent } from "../../src/engines/events/event.ts";
import type { ThreadSnapshot } from "../../src/engines/events/sink.ts";
import type { Descriptor } from "../../src/engines/events/state/thread.ts";
import { codes } from "../../src/engines/events/types/codes.ts";
import { fillEvent, type ParameterValue } from "../../src/engines/events/types/encode.ts";
import { flag } from "../../src/engines/events/types/flags.ts";

const START = 1_700_000_000;

function thread(tid: number, parent: number, comm: string, more: Partial<ThreadSnapshot> = {}): ThreadSnapshot {
  return {
    tid,
    pid: tid,
    parent,
    comm,
    exe: comm,
    exePath: `/usr/bin/${comm}`,
    args: [],
    sid: tid,
    pgid: tid,
    vpgid: tid,
    cwd: "/",
    root: "/",
    uid: 0,
    gid: 0,
    loginUid: 0xffff_ffff,
    cgroups: ["cpuset=/", "memory=/system.slice"],
    ...more,
  };
}

const threads: readonly ThreadSnapshot[] = [
  thread(1, 0, "systemd"),
  thread(50, 1, "sshd", { args: ["-D"], capabilities: { permitted: 0x3fn, effective: 0x21n, inheritable: 0n } }),
  thread(60, 50, "bash", {
    exe: "-bash",
    args: ["-l", "-c", "ls  x"],
    environment: ["PATH=/bin:/usr/bin", "HOME=/root", "EMPTY="],
    cwd: "/srv/www/",
    uid: 33,
    gid: 33,
    loginUid: 1000,
    tty: 34816,
    sid: 60,
  }),
  thread(70, 60, "worker", { sid: 60, pgid: 60, vpgid: 60, cwd: "/srv/www", uid: 77, gid: 77 }),
];

const fileFlags = (...names: readonly string[]): number =>
  names.reduce((set, name) => set | flag("file_flags", name), 0);

const client = {
  kind: "ipv4",
  source: "\x0a\0\0\x01",
  sourcePort: 40_000,
  destination: "\x0a\0\0\x02",
  destinationPort: 443,
} as const;
const six = (last: number): string => `\x20\x01\x0d\xb8${"\0".repeat(11)}${String.fromCharCode(last)}`;
const loginThread = 60;

function connected(kind: "ipv4" | "ipv6", from: string, to: string): Descriptor {
  return {
    kind,
    name: "",
    local: { address: from, port: 1 },
    remote: { address: to, port: 2 },
    role: "client",
    protocol: "tcp",
  };
}

type Call = readonly [name: keyof typeof codes, values: Readonly<Record<string, ParameterValue>>, tid?: number];

const openings: readonly Call[] = [
  ["open", { fd: 3, name: "/etc/passwd", flags: fileFlags("O_RDONLY"), mode: 0, dev: 0x801, ino: 77n }],
  [
    "open",
    {
      fd: 4,
      name: "../log//x/./y",
      flags: fileFlags("O_WRONLY", "O_CREAT", "O_F_CREATED"),
      mode: 0o755,
      dev: 5,
      ino: 8n,
    },
  ],
  ["open", { fd: -13, name: "secret/../../shadow", flags: fileFlags("O_RDWR"), mode: 0, dev: 0, ino: 0n }],
  [
    "openat",
    { fd: 5, dirfd: -100, name: "data", flags: fileFlags("O_DIRECTORY", "O_RDONLY"), mode: 0, dev: 1, ino: 2n },
  ],
  ["openat", { fd: 6, dirfd: 20, name: "a/b", flags: fileFlags("O_RDONLY", "O_CLOEXEC"), mode: 0, dev: 1, ino: 3n }],
  ["openat", { fd: -2, dirfd: 20, name: "missing", flags: fileFlags("O_RDONLY"), mode: 0, dev: 0, ino: 0n }],
  ["openat", { fd: -2, dirfd: 99, name: "nowhere", flags: fileFlags("O_RDONLY"), mode: 0, dev: 0, ino: 0n }],
  [
    "openat2",
    {
      fd: 7,
      dirfd: -100,
      name: "/tmp/x",
      flags: fileFlags("O_TMPFILE", "O_WRONLY"),
      mode: 0o700,
      resolve: 0,
      dev: 1,
      ino: 4n,
    },
  ],
  ["creat", { fd: 8, name: "made", mode: 0o711, dev: 1, ino: 5n, creat_flags: 0 }],
  ["open", { fd: 9, name: "/bytes/\xff\xc3\xa4\x1b[31m", flags: fileFlags("O_RDONLY"), mode: 0, dev: 1, ino: 6n }],
];

const pathCalls: readonly Call[] = [
  ["unlink", { res: 0, path: "a/../b" }],
  ["unlink", { res: -2, path: "gone" }],
  ["unlinkat", { res: 0, dirfd: 20, name: "../c", flags: 0 }],
  ["mkdir", { res: 0, path: "/tmp//new/", mode: 0o755 }],
  ["mkdirat", { res: 0, dirfd: 20, path: "d", mode: 0o755 }],
  ["rmdir", { res: 0, path: "/tmp/new" }],
  ["rename", { res: 0, oldpath: "one", newpath: "/two" }],
  ["renameat", { res: 0, olddirfd: 20, oldpath: "one", newdirfd: -100, newpath: "two" }],
  ["renameat2", { res: 0, olddirfd: -100, oldpath: "one", newdirfd: 20, newpath: "two", flags: 1 }],
  ["link", { res: 0, oldpath: "/etc/shadow", newpath: "s" }],
  ["linkat", { res: 0, olddir: -100, oldpath: "/etc/shadow", newdir: 20, newpath: "s", flags: 0 }],
  ["symlink", { res: 0, target: "/etc/shadow", linkpath: "s" }],
  ["symlinkat", { res: 0, target: "/etc/shadow", linkdirfd: 20, linkpath: "s" }],
  ["chmod", { res: 0, filename: "x", mode: flag("chmod_mode", "S_ISUID") | flag("chmod_mode", "S_IXUSR") }],
  ["fchmodat", { res: 0, dirfd: 20, filename: "x", mode: flag("chmod_mode", "S_IRUSR") }],
  ["fchmod", { res: 0, fd: 3, mode: flag("chmod_mode", "S_IRUSR") }],
  ["chown", { res: 0, path: "x", uid: 0, gid: 0 }],
  ["fchownat", { res: -1, dirfd: 20, pathname: "x", uid: 0, gid: 0, flags: 0 }],
  ["mount", { res: 0, dev: "/dev/sda1", dir: "/mnt", type: "ext4", flags: 1 }],
  ["umount2", { res: 0, name: "/mnt", flags: 1 }],
];

const others: readonly Call[] = [
  ["chdir", { res: 0, path: "/var" }],
  ["open", { fd: 10, name: "after", flags: fileFlags("O_RDONLY"), mode: 0, dev: 1, ino: 7n }],
  ["connect", { res: 0, tuple: client, fd: 21, addr: { kind: "ipv4", address: client.destination, port: 443 } }],
  [
    "connect",
    {
      res: -115,
      tuple: { kind: "ipv6", source: six(1), sourcePort: 5, destination: six(2), destinationPort: 6 },
      fd: 22,
      addr: { kind: "ipv6", address: six(2), port: 6 },
    },
  ],
  ["accept", { fd: 30, tuple: client, queuepct: 0, queuelen: 0, queuemax: 5 }],
  ["accept4", { fd: -11, tuple: client, queuepct: 0, queuelen: 0, queuemax: 5, flags: 0 }],
  ["pipe2", { res: 0, fd1: 31, fd2: 32, ino: 9n, flags: 0 }],
  ["kill", { res: -3, pid: 1, sig: 9 }],
  ["ptrace", { res: 0, request: flag("ptrace_requests", "PTRACE_ATTACH"), pid: 1 }],
  ["memfd_create", { fd: 33, name: "hidden", flags: 1 }],
  ["read", { res: 5, data: "a\0\xffbc", fd: 3, size: 10 }],
  ["sendto", { res: 4, data: "ping", fd: 21, size: 4, tuple: client }],
];

function executed(comm: string, args: readonly string[], filename: string): Readonly<Record<string, ParameterValue>> {
  return {
    res: 0,
    exe: args[0] ?? comm,
    args: args.slice(1),
    tid: 70,
    pid: 70,
    ptid: 60,
    cwd: "",
    fdlimit: 1_024,
    pgft_maj: 1,
    pgft_min: 2,
    vm_size: 4_000,
    vm_rss: 1_000,
    vm_swap: 5,
    comm,
    cgroups: ["cpuset=/", "memory=/user.slice"],
    env: ["PATH=/bin", "X=1"],
    tty: 34_816,
    vpgid: 70,
    loginuid: 1_000,
    flags: flag("execve_flags", "EXE_WRITABLE") | flag("execve_flags", "EXE_UPPER_LAYER"),
    cap_inheritable: 0n,
    cap_permitted: 0x1fn,
    cap_effective: 0x3n,
    exe_ino: 99n,
    exe_ino_ctime: 1_600_000_000_000_000_000n,
    exe_ino_mtime: 1_600_000_000_000_000_001n,
    uid: 77,
    trusted_exepath: filename,
    pgid: 70,
    gid: 77,
    filename,
  };
}

const programs: readonly Call[] = [
  ["execve", executed("sh", ["/bin/sh", "-c", "id; ls"], "/bin/dash"), 70],
  ["open", { fd: 3, name: "rel", flags: fileFlags("O_RDONLY"), mode: 0, dev: 1, ino: 7n }, 70],
  ["execve", { ...executed("nc", ["nc", "-l", "", "80"], "/tmp/nc"), res: -2 }, 70],
];

export function madeCapture(): Buffer {
  const parts = [
    captureHeader({ hostname: "made", addresses: ["\x0a\0\0\x01"], bootTime: 0n }),
    captureThreads(threads),
    captureDescriptors(loginThread, [
      [0, { kind: "file", name: "/dev/pts/0" }],
      [20, { kind: "directory", name: "/var/lib" }],
      [21, connected("ipv4", client.source, client.destination)],
      [22, connected("ipv6", six(1), six(2))],
    ]),
    captureUsers(
      [{ id: 33, name: "www-data", gid: 33, home: "/srv/www", shell: "/bin/sh" }],
      [{ id: 33, name: "www-data" }],
    ),
  ];
  const event = new SyscallEvent();
  for (const [index, [name, values, tid = loginThread]] of [
    ...openings,
    ...pathCalls,
    ...others,
    ...programs,
  ].entries()) {
    fillEvent(event, codes[name], values);
    Object.assign(event, { seconds: START + index, nanoseconds: 1_000 * index + 7, tid, cpu: index % 4 });
    parts.push(captureEvent(event));
  }
  return Buffer.concat(parts);
}
