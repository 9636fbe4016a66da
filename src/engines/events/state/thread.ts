/**
 * A thread and its process, as far as the events told. All texts are byte strings (`fields/field.ts`).
 */
import type { ContainerFacts } from "../containers/model.ts";
import { splitTexts } from "../types/texts.ts";
import type { Descriptors } from "./descriptors.ts";

export type { Descriptor, DescriptorKind, Endpoint } from "./descriptor.ts";

/** What the threads of one process share. */
export class Process {
  /** The main thread's id. */
  readonly pid: number;
  /** Shared with another process after clone(CLONE_FILES). */
  descriptors: Descriptors;
  /** Ends with a slash; empty where nothing tells. */
  cwd = "";
  root = "";
  /** Most descriptors that it may have (`RLIMIT_NOFILE`); -1 where nothing tells. */
  descriptorLimit = -1;
  /** Orphans below it become its children: the first process of a namespace, or PR_SET_CHILD_SUBREAPER. */
  reaper = false;
  /** Threads beside the main one; undefined where there never was one. */
  others: Set<Thread> | undefined = undefined;

  constructor(pid: number, descriptors: Descriptors) {
    this.pid = pid;
    this.descriptors = descriptors;
  }
}

const none: readonly string[] = [];
/** Of a thread without its texts, and of its process, with their places in tables. */
const ownBytes = 640;
const processBytes = 512;
/** Of a text in a list, besides its characters. */
const itemBytes = 40;

const nanosecondsInSecond = 1_000_000_000n;

let lastVersion = 0;

/** Another one than before, of any thread: 32 bits, never 0. */
function nextVersion(): number {
  lastVersion = (lastVersion + 1) | 0 || 1;
  return lastVersion;
}

export class Thread {
  readonly tid: number;
  // What each event asks comes first: it is then read from memory at once.
  process: Process;
  /** The main thread of its process; itself where it is that. */
  leader: Thread;
  /** Its place among the threads of its table: detectors keep what they found of it by that; 0 where it is in none. */
  slot = 0;
  /** Another one whenever something changed that fields of scope `thread` show: what was found under another holds no more. */
  version = nextVersion();
  /** It did something since it was last looked at for eviction. */
  recent = true;
  /** The parent process's id as it was told last; 0 where there is none. It can be of a process that is not known. */
  parentPid = 0;
  /** Processes that its own made, one after the other; of the main thread only. */
  firstChild: Thread | undefined = undefined;
  nextSibling: Thread | undefined = undefined;
  private previousSibling: Thread | undefined = undefined;
  private above: Thread | undefined = undefined;

  vtid = 0;
  vpid = 0;
  /** -1 where nothing tells. */
  pgid = -1;
  vpgid = -1;
  sid = -1;
  /** Argv[0], and the file that runs. */
  exe = "";
  exePath = "";
  private name = "";
  private argumentTexts = "";
  private argumentList: readonly string[] | undefined = none;
  private environmentTexts = "";
  private environmentList: readonly string[] | undefined = none;
  private line: string | undefined = undefined;
  /** Of the lists that were made of arguments and environment, beyond their texts. */
  private listBytes = 0;
  private environmentBytes = 0;
  /** What the state's budget counts for it; undefined where it is in no table. */
  private counted: number | undefined = undefined;
  uid = 0;
  gid = 0;
  /** Undefined where nobody logged in (4294967295). */
  loginUid: number | undefined = undefined;
  /** Controlling terminal; 0: none. */
  tty = 0;
  /** Replaced whole, never changed: threads share it. */
  capabilities: Capabilities = noCapabilities;
  exeWritable = false;
  exeUpperLayer = false;
  exeLowerLayer = false;
  exeFromMemfd = false;
  exeInode = 0n;
  /** Nanoseconds since 1970. */
  exeChanged = 0n;
  exeModified = 0n;
  /** When the kernel started the thread; 0 where nothing tells. See {@link started}. */
  startedSeconds = 0;
  startedNanoseconds = 0;
  pidNamespaceStarted = 0n;
  /** What clone was asked for, and how the thread became known (`state/flags.ts`). */
  flags = 0;
  /** `cpuset=/docker/0123…`: controller and path. */
  cgroups: readonly string[] = none;
  /** Of the process, in KiB and in faults; 0 where nothing tells. */
  vmSize = 0;
  vmResident = 0;
  vmSwapped = 0;
  majorFaults = 0;
  minorFaults = 0;
  /** Joined when it becomes known, which can be after the first events; `host` for what runs in none. */
  container: ContainerFacts | "host" | undefined = undefined;
  /** False for one that did something before anybody told who it is: its name is `<NA>`, its user none, and its process its own id. */
  known = true;
  /** It is over, and stays only as the main thread of others that are not. */
  exited = false;

  constructor(tid: number, process: Process) {
    this.tid = tid;
    this.process = process;
    this.leader = this;
  }

  /** The main thread of the process that made its own; undefined at the root or where it is not known. No thread is above itself. */
  get parent(): Thread | undefined {
    return this.leader.above;
  }

  /** Name (`comm`). */
  get comm(): string {
    return this.name;
  }

  set comm(name: string) {
    this.name = name;
    this.line = undefined;
  }

  /** Arguments without argv[0]. */
  get args(): readonly string[] {
    return this.argumentList ?? this.splitArguments();
  }

  private splitArguments(): readonly string[] {
    const list = splitTexts(this.argumentTexts);
    this.argumentList = list;
    this.listBytes = list.length * itemBytes;
    this.grown(this.listBytes);
    return list;
  }

  set args(list: readonly string[]) {
    this.argumentList = list;
    this.argumentTexts = list.join("\0");
    this.listBytes = list.length * itemBytes;
    this.line = undefined;
  }

  /** Environment as `KEY=value`, of the program that it started; a thread's is its main thread's. */
  get environment(): readonly string[] {
    return this.environmentList ?? this.splitEnvironment();
  }

  private splitEnvironment(): readonly string[] {
    const list = splitTexts(this.environmentTexts);
    this.environmentList = list;
    this.environmentBytes += list.length * itemBytes;
    this.grown(list.length * itemBytes);
    return list;
  }

  set environment(list: readonly string[]) {
    this.environmentList = list;
    this.environmentTexts = "";
    this.environmentBytes = 0;
    for (const { length } of list) this.environmentBytes += length + itemBytes;
  }

  /** The arguments as the kernel has them: each with a zero after it. */
  setArguments(texts: string): void {
    const { leader } = this;
    // What all threads of a process have is one text.
    this.argumentTexts = leader !== this && leader.argumentTexts === texts ? leader.argumentTexts : texts;
    this.argumentList = undefined;
    this.listBytes = 0;
    this.line = undefined;
  }

  inheritArguments(from: Thread): void {
    this.setArguments(from.argumentTexts);
  }

  setEnvironment(texts: string): void {
    this.environmentTexts = texts;
    this.environmentList = undefined;
    this.environmentBytes = texts.length;
  }

  /** Counts it in the state's budget: when it is put into the table, and after its texts or its process's changed. */
  weigh(): void {
    const { process } = this;
    const texts = this.exe.length + this.exePath.length + this.name.length + 2 * this.argumentTexts.length;
    const ofProcess = this.leader === this ? processBytes + process.cwd.length + process.root.length : 0;
    const bytes = ownBytes + texts + ofProcess + this.listBytes + this.environmentBytes;
    process.descriptors.budget.bytes += bytes - (this.counted ?? 0);
    this.counted = bytes;
  }

  /** Of one that is in a table: after its texts, or its process's, changed. */
  weighAgain(): void {
    if (this.counted !== undefined) this.weigh();
  }

  /** It is in no table any more. */
  release(): void {
    this.process.descriptors.budget.bytes -= this.counted ?? 0;
    this.counted = undefined;
  }

  private grown(bytes: number): void {
    if (this.counted === undefined) return;
    this.counted += bytes;
    this.process.descriptors.budget.bytes += bytes;
  }

  /** Name and arguments with blanks between them: `proc.cmdline`. */
  get commandLine(): string {
    if (this.line === undefined) {
      const { args } = this;
      this.line = args.length === 0 || this.name === "" ? this.name : `${this.name} ${args.join(" ")}`;
    }
    return this.line;
  }

  /** When the kernel started the process, in nanoseconds since 1970; 0n where nothing tells. */
  get started(): bigint {
    return BigInt(this.startedSeconds) * nanosecondsInSecond + BigInt(this.startedNanoseconds);
  }

  set started(time: bigint) {
    this.startedSeconds = Number(time / nanosecondsInSecond);
    this.startedNanoseconds = Number(time % nanosecondsInSecond);
  }

  /** Its ids in its own PID namespace are others than the host's. */
  get inPidNamespace(): boolean {
    return this.tid !== this.vtid || (this.flags & 0x2000_0000) !== 0;
  }

  /** What a new thread or process has from the one that made it. */
  inherit(from: Thread): void {
    this.exePath = from.exePath;
    this.exeWritable = from.exeWritable;
    this.exeUpperLayer = from.exeUpperLayer;
    this.exeLowerLayer = from.exeLowerLayer;
    this.exeFromMemfd = from.exeFromMemfd;
    this.exeInode = from.exeInode;
    this.exeChanged = from.exeChanged;
    this.exeModified = from.exeModified;
    this.sid = from.sid;
    this.pgid = from.pgid;
    this.vpgid = from.vpgid;
    this.tty = from.tty;
    this.loginUid = from.loginUid;
    this.capabilities = from.capabilities;
    this.cgroups = from.cgroups;
    this.container = from.container;
    this.pidNamespaceStarted = from.pidNamespaceStarted;
    // A thread's is its process's, and is kept there.
    if (this.leader !== this) return;
    this.inheritEnvironment(from.leader);
  }

  inheritEnvironment(from: Thread): void {
    this.environmentTexts = from.environmentTexts;
    this.environmentList = from.environmentList;
    this.environmentBytes = from.environmentBytes;
  }

  /** Puts its process below another; below none with undefined. Whoever calls knows that the other is not below this one. */
  setParent(parent: Thread | undefined): void {
    const own = this.leader;
    if (own.above === parent) return;
    if (own.above !== undefined) {
      if (own.previousSibling === undefined) own.above.firstChild = own.nextSibling;
      else own.previousSibling.nextSibling = own.nextSibling;
      if (own.nextSibling !== undefined) own.nextSibling.previousSibling = own.previousSibling;
    }
    own.above = parent;
    own.previousSibling = undefined;
    own.nextSibling = parent?.firstChild;
    if (parent === undefined) return;
    if (parent.firstChild !== undefined) parent.firstChild.previousSibling = own;
    parent.firstChild = own;
  }

  /** The same for this thread alone. */
  forgetFound(): void {
    this.version = nextVersion();
  }

  /**
   * Something of it changed that fields of scope `thread` show: what was kept of it, and of all that descend from it, is
   * dropped. Call it after an exec, a new name, new credentials, another parent, a container that became known. What a field
   * reads of others than the threads above (the first of a process group) is no `thread` field.
   */
  invalidate(): void {
    const version = nextVersion();
    this.version = version;
    if (this.leader !== this) return;
    let thread: Thread = this;
    for (;;) {
      thread.version = version;
      if (thread.process.others !== undefined) for (const other of thread.process.others) other.version = version;
      if (thread.firstChild !== undefined) {
        thread = thread.firstChild;
        continue;
      }
      while (thread.nextSibling === undefined && thread !== this) thread = thread.above ?? this;
      if (thread === this) return;
      thread = thread.nextSibling ?? this;
    }
  }
}

export interface Capabilities {
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly inheritable: bigint;
}

export const noCapabilities: Capabilities = { permitted: 0n, effective: 0n, inheritable: 0n };
