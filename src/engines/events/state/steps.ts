/** What is done for each event: by its code, whose descriptor it names, what its result is, and which step follows it. */
import { codes } from "../types/codes.ts";
import { eventTypes } from "../types/table.ts";
import * as connections from "./connections.ts";
import * as files from "./files.ts";
import * as processes from "./processes.ts";
import type { Step } from "./state.ts";

/** Highest code with room, so that arrays by code never grow. */
export const mostCodes = 1_024;

/** Which thread an event is of. */
export const threadIs = {
  /** Nobody's: told by who wrote the events. */
  none: 0,
  /** Of one that is known, or of none: it is over, or new. */
  found: 1,
  /** Of one that is there, known or not. */
  made: 2,
} as const;

export const resultIs = {
  none: 0,
  /** 8 bytes with a sign: an error, a descriptor, a process. */
  signed: 1,
  /** 8 bytes without one: an address. */
  big: 2,
  /** 4 bytes: a user. */
  unsigned: 3,
} as const;

/** Parameters that hold the descriptor an event is about. */
const descriptorParameters: Readonly<Record<number, readonly (keyof typeof codes)[]>> = {
  1: [
    ..."setns listen shutdown fchdir lseek llseek ioctl fstat close getdents getdents64 flock copy_file_range fcntl".split(
      " ",
    ),
    ..."dup dup2 dup3 newfstatat fchownat fchmodat mkdirat unlinkat mknodat sendmmsg recvmmsg".split(" "),
    ..."io_uring_register io_uring_enter setsockopt getsockopt fsconfig finit_module fchmod fchown".split(" "),
  ] as (keyof typeof codes)[],
  2: "read pread bind write pwrite recv send sendto sendmsg sendfile splice writev pwritev connect symlinkat".split(
    " ",
  ) as (keyof typeof codes)[],
  3: ["recvfrom", "readv", "preadv"],
  5: ["recvmsg"],
  8: ["mmap", "mmap2"],
};

const steps: Partial<Record<keyof typeof codes, Step>> = {
  open: files.open,
  creat: files.creat,
  openat: files.openat,
  openat2: files.openat2,
  open_by_handle_at: files.openByHandle,
  memfd_create: files.memfdCreate,
  pidfd_open: files.pidfdOpen,
  pidfd_getfd: files.pidfdGetfd,
  pipe: files.pipe,
  pipe2: files.pipe2,
  eventfd: files.opens("event", files.never),
  eventfd2: files.opens("event", files.byFlags(1, 2)),
  signalfd: files.opens("signalfd", files.never),
  signalfd4: files.opens("signalfd", files.byFlags(1, 2)),
  timerfd_create: files.opens("timerfd", files.never),
  inotify_init: files.opens("inotify", files.never),
  inotify_init1: files.opens("inotify", files.byFlags(1, 2)),
  epoll_create: files.opens("eventpoll", files.never),
  epoll_create1: files.opens("eventpoll", files.byEpollFlags),
  userfaultfd: files.opens("userfault", files.byFlags(1, 4)),
  // The kernel sets these to be closed by execve, whoever asks.
  bpf: files.opens("bpf", files.always),
  io_uring_setup: files.opens("iouring", files.always),
  dup: files.duplicate,
  dup2: files.duplicate,
  dup3: files.duplicateWithFlags,
  fcntl: files.fcntl,
  close_range: files.closeRange,
  chdir: files.chdir,
  fchdir: files.fchdir,
  getcwd: files.getcwd,
  chroot: files.chroot,
  socket: connections.socket,
  bind: connections.bind,
  listen: connections.listen,
  connect: connections.connect,
  accept: connections.accept,
  accept4: connections.accept4,
  socketpair: connections.socketpair,
  send: connections.sends(4),
  sendto: connections.sends(4),
  sendmsg: connections.sends(4),
  sendmmsg: connections.sends(4),
  recv: connections.receives(4),
  recvfrom: connections.receives(2),
  recvmsg: connections.receives(3, 4),
  recvmmsg: connections.receives(4, 5),
  read: connections.transfers,
  readv: connections.transfers,
  pread: connections.transfers,
  preadv: connections.transfers,
  write: connections.transfers,
  writev: connections.transfers,
  pwrite: connections.transfers,
  pwritev: connections.transfers,
  execve: processes.execve,
  execveat: processes.execve,
  prctl: processes.prctl,
  setsid: processes.setsid,
  setpgid: processes.setpgid,
  setuid: processes.setsUser(1),
  setresuid: processes.setsUser(2),
  setreuid: processes.setsUser(2),
  setgid: processes.setsGroup(1),
  setresgid: processes.setsGroup(2),
  setregid: processes.setsGroup(2),
  capset: processes.capset,
  unshare: processes.unshare,
  setns: processes.setns,
  getrlimit: processes.limit,
  setrlimit: processes.limit,
  prlimit: processes.prlimit,
  brk: processes.memory,
  mmap: processes.memory,
  mmap2: processes.memory,
  munmap: processes.memory,
  switch: processes.contextSwitch,
};

/** By code; undefined: nothing follows. */
export const stepOf: readonly (Step | undefined)[] = byCode();

function byCode(): (Step | undefined)[] {
  const all = new Array<Step | undefined>(mostCodes).fill(undefined);
  for (const [name, step] of Object.entries(steps)) all[codes[name as keyof typeof codes]] = step;
  return all;
}

/** By code: index of the parameter with the descriptor, -1 for none. */
export const descriptorAt: Int8Array = (() => {
  const all = new Int8Array(mostCodes).fill(-1);
  for (const [index, names] of Object.entries(descriptorParameters)) {
    for (const name of names) all[codes[name]] = Number(index);
  }
  return all;
})();

const findOnly: ReadonlySet<number> = new Set([
  codes.clone,
  codes.clone3,
  codes.fork,
  codes.vfork,
  codes.procexit,
  codes.switch,
  codes.procinfo,
]);

/** By code: whose thread it is of, {@link threadIs}. */
export const threadOfCode: Uint8Array = (() => {
  const all = new Uint8Array(mostCodes).fill(threadIs.made);
  for (const type of eventTypes) {
    if (type.kind === "metaevent" || type.kind === "plugin" || type.notOfItsThread || type.unused) {
      all[type.code] = threadIs.none;
    }
  }
  for (const code of findOnly) all[code] = threadIs.found;
  return all;
})();

/** By code: what its result is, {@link resultIs}. */
export const resultOfCode: Uint8Array = (() => {
  const all = new Uint8Array(mostCodes).fill(resultIs.none);
  for (const { code, exit, kind, parameters } of eventTypes) {
    const first = parameters[0];
    if (!exit || kind !== "syscall" || first === undefined) continue;
    if (first.type === "errno" || first.type === "fd" || first.type === "pid") all[code] = resultIs.signed;
    else if (first.name === "res" && (first.type === "u64" || first.type === "i64")) all[code] = resultIs.big;
    else if (first.type === "uid" || first.type === "gid") all[code] = resultIs.unsigned;
  }
  return all;
})();
