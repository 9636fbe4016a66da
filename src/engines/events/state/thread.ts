/**
 * A thread, its process and its descriptors, as far as the events told. All texts are byte strings (`fields/field.ts`).
 */
import type { ContainerFacts } from "../containers/model.ts";

/** What a file descriptor is open on. */
export interface Descriptor {
  kind: DescriptorKind;
  /** A path, `10.0.0.1:4000->10.0.0.2:80`, the name of a pipe: what `fd.name` says. */
  name: string;
  /** As it was passed to the kernel, before it was joined to a directory; absent where nothing tells. */
  nameRaw?: string;
  /** Ends of a connection: 4 or 16 bytes each; absent where it has none. */
  local?: Endpoint;
  remote?: Endpoint;
  /** Which of the two asked: `fd.cip` is the client's. Absent where nothing tells. */
  role?: "client" | "server";
  protocol?: "tcp" | "udp" | "icmp" | "raw";
  /** True from a connect that came through or is under way. */
  connected?: boolean;
  openFlags?: number;
  mode?: number;
  device?: number;
  inode?: bigint;
  /** Name changed by the event in hand (`fd.name_changed`). */
  nameChanged?: boolean;
  /** What rules make of the name is kept with it (`FieldScope` `path`). */
  overlay?: "upper" | "lower";
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** As `fd.type` says it; `fd.typechar` follows from it. */
export type DescriptorKind =
  | "file"
  | "directory"
  | "ipv4"
  | "ipv6"
  | "unix"
  | "pipe"
  | "event"
  | "eventpoll"
  | "inotify"
  | "signalfd"
  | "timerfd"
  | "netlink"
  | "bpf"
  | "userfault"
  | "iouring"
  | "memfd"
  | "pidfd"
  | "unknown";

/** What the threads of one process share. */
export interface Process {
  /** The main thread's id. */
  readonly pid: number;
  /** Shared with another process after clone(CLONE_FILES). */
  descriptors: Map<number, Descriptor>;
  cwd: string;
  root: string;
}

export class Thread {
  readonly tid: number;
  process: Process;
  /** The main thread of its process; itself where it is that. */
  leader: Thread;
  /** The main thread of the process that made it; undefined at the root or where it is not known. */
  parent: Thread | undefined = undefined;
  readonly children = new Set<Thread>();

  vtid = 0;
  vpid = 0;
  pgid = 0;
  vpgid = 0;
  sid = 0;
  /** Name (`comm`), argv[0], the file that runs, arguments without argv[0], environment as `KEY=value`. */
  comm = "";
  exe = "";
  exePath = "";
  args: readonly string[] = [];
  environment: readonly string[] = [];
  uid = 0;
  gid = 0;
  /** Undefined where nobody logged in (4294967295). */
  loginUid: number | undefined = undefined;
  /** Controlling terminal; 0: none. */
  tty = 0;
  capabilities = { permitted: 0n, effective: 0n, inheritable: 0n };
  exeWritable = false;
  exeUpperLayer = false;
  exeLowerLayer = false;
  exeFromMemfd = false;
  exeInode = 0n;
  exeChanged = 0n;
  exeModified = 0n;
  /** When the kernel started the process, in nanoseconds since 1970; 0n where nothing tells. */
  started = 0n;
  pidNamespaceStarted = 0n;
  flags = 0;
  cgroups: readonly string[] = [];
  /** Joined when it becomes known, which can be after the first events; `host` for what runs in none. */
  container: ContainerFacts | "host" | undefined = undefined;

  /**
   * What rules found of this thread, a byte a comparison (0 not asked, 1 false, 2 true), as long as it holds. The evaluator
   * writes it; the state drops it.
   */
  leaves: Uint8Array | undefined = undefined;

  constructor(tid: number, process: Process) {
    this.tid = tid;
    this.process = process;
    this.leader = this;
  }

  /**
   * Something of it changed that fields of scope `thread` show: what was kept of it, and of all that descend from it, is
   * dropped. Call it after an exec, a new name, new credentials, another parent, a container that became known.
   */
  invalidate(): void {
    this.leaves = undefined;
    for (const child of this.children) child.invalidate();
  }
}
