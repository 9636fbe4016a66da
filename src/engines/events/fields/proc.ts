/** Fields of the process that did it. */
import type { Thread } from "../state/thread.ts";
import { since } from "./ancestors.ts";
import { ancestor, mostAncestors } from "./ancestry.ts";
import { argumentLine, commandLine, environmentLine, environmentVariable } from "./command-line.ts";
import { indexOf, ofEvent, ofThread, type SyscallField } from "./define.ts";
import { kindNames } from "./descriptor-kinds.ts";

/** 0n, where the kernel told nothing, is absent. */
function told(value: bigint): bigint | undefined {
  return value === 0n ? undefined : value;
}

/** The process id of the eldest shell among the process and its ancestors: a name that ends in `sh`. */
function loginShell(thread: Thread): number | undefined {
  let shell: number | undefined;
  let process = ancestor(thread, 0);
  for (let left = mostAncestors; left > 0 && process !== undefined; left--) {
    if (process.comm.endsWith("sh")) shell = process.process.pid;
    process = process.parent;
  }
  return shell;
}

const processArguments: SyscallField = {
  name: "proc.args",
  source: "syscall",
  type: "text",
  argument: { presence: "optional", kind: "index" },
  scope: "thread",
  description:
    "Arguments without argv[0] in one text, or one of them: `proc.args[0]` is the first; empty where there is none",
  bind(argument) {
    if (argument === undefined) return ({ thread }) => (thread === undefined ? undefined : argumentLine(thread));
    const index = indexOf(argument);
    return ({ thread }) => (thread === undefined ? undefined : (thread.args[index] ?? ""));
  },
};

const environment: SyscallField = {
  name: "proc.env",
  source: "syscall",
  type: "text",
  argument: { presence: "optional", kind: "either" },
  scope: "thread",
  description: "Environment in one text, or one variable of it: `proc.env[PATH]`; empty where it is not set",
  bind(argument) {
    if (argument === undefined || /^\d+$/.test(argument)) {
      return ({ thread }) => (thread === undefined ? undefined : environmentLine(thread));
    }
    return ({ thread }) => (thread === undefined ? undefined : environmentVariable(thread, argument));
  },
};

/** What descriptors 0, 1 and 2 are: `dup2` of a socket over them is how shells are reversed. */
function standardDescriptors(): SyscallField[] {
  return ["stdin", "stdout", "stderr"].flatMap((name, fd) => [
    ofEvent(
      `proc.${name}.type`,
      "text",
      `Type of the descriptor ${fd} of the process, as \`fd.type\``,
      ({ thread }) => {
        const descriptor = thread?.process.descriptors.get(fd);
        return descriptor === undefined ? undefined : kindNames[descriptor.kind];
      },
    ),
    ofEvent(
      `proc.${name}.name`,
      "path",
      `Name of the descriptor ${fd} of the process, as \`fd.name\``,
      ({ thread }) => thread?.process.descriptors.get(fd)?.name,
    ),
  ]);
}

export const processFields: readonly SyscallField[] = [
  ofThread("proc.name", "text", "Name, which is at most 15 bytes long (`comm`)", (thread) => thread.comm),
  ofThread("proc.exe", "path", "argv[0]", (thread) => thread.exe),
  ofThread("proc.exepath", "path", "Executable file, with links resolved", (thread) => thread.exePath),
  processArguments,
  ofThread("proc.cmdline", "text", "Name and arguments", commandLine),
  ofThread("proc.exeline", "text", "argv[0] and arguments", (thread) => `${thread.exe} ${argumentLine(thread)}`),
  ofThread("proc.cmdnargs", "number", "Number of arguments without argv[0]", (thread) => thread.args.length),
  ofThread("proc.cmdlenargs", "number", "Length of all arguments without argv[0], in bytes", (thread) =>
    thread.args.reduce((sum, each) => sum + each.length, 0),
  ),
  environment,
  ofEvent("proc.cwd", "path", "Working directory", ({ thread }) => thread?.process.cwd || undefined),
  ofThread("proc.loginshellid", "number", "Id of the eldest shell among the process and its ancestors", loginShell),
  ofThread("proc.tty", "number", "Controlling terminal; 0 for none", (thread) => thread.tty),
  ofThread("proc.pid", "number", "Id of the process", (thread) => thread.process.pid),
  ofThread("proc.vpid", "number", "Id of the process in its own namespace", (thread) => thread.vpid),
  ofEvent("proc.duration", "big", "Nanoseconds since the process started", (event) =>
    event.thread === undefined ? undefined : since(event, event.thread.started),
  ),
  ofThread("proc.pid.ts", "big", "When the process started, in nanoseconds since 1970", (thread) =>
    told(thread.started),
  ),
  ofThread(
    "proc.is_exe_writable",
    "boolean",
    "The file executed is writable by whoever started the process",
    (thread) => thread.exeWritable,
  ),
  ofThread(
    "proc.is_exe_upper_layer",
    "boolean",
    "The file executed is in the upper layer of an overlay filesystem: the image does not hold it",
    (thread) => thread.exeUpperLayer,
  ),
  ofThread(
    "proc.is_exe_lower_layer",
    "boolean",
    "The file executed is in a lower layer of an overlay filesystem",
    (thread) => thread.exeLowerLayer,
  ),
  ofThread(
    "proc.is_exe_from_memfd",
    "boolean",
    "The file executed was made by memfd_create and is in memory only",
    (thread) => thread.exeFromMemfd,
  ),
  ofThread("proc.exe_ino", "big", "Inode number of the file executed", (thread) => told(thread.exeInode)),
  ofThread(
    "proc.exe_ino.ctime",
    "big",
    "When the file executed changed or its inode, in nanoseconds since 1970",
    (thread) => told(thread.exeChanged),
  ),
  ofThread("proc.exe_ino.mtime", "big", "When the file executed was written, in nanoseconds since 1970", (thread) =>
    told(thread.exeModified),
  ),
  ofThread(
    "proc.exe_ino.ctime_duration_proc_start",
    "big",
    "Nanoseconds from the last change of the file executed to the start of the process",
    (thread) =>
      thread.started === 0n || thread.exeChanged === 0n ? undefined : told(thread.started - thread.exeChanged),
  ),
  ofThread(
    "proc.exe_ino.ctime_duration_pidns_start",
    "big",
    "Nanoseconds from the start of the namespace of process ids to the last change of the file executed, where that came later",
    (thread) =>
      thread.pidNamespaceStarted === 0n || thread.exeChanged <= thread.pidNamespaceStarted
        ? undefined
        : thread.exeChanged - thread.pidNamespaceStarted,
  ),
  ofThread(
    "proc.pidns_init_start_ts",
    "big",
    "When the namespace of process ids started, in nanoseconds since 1970",
    (thread) => told(thread.pidNamespaceStarted),
  ),
  ofEvent("proc.fdopencount", "number", "Number of open descriptors", ({ thread }) => thread?.process.descriptors.size),
  ...standardDescriptors(),
  ofEvent("proc.fdlimit", "number", "Most descriptors that the process may open", ({ thread }) => {
    const limit = thread?.process.descriptorLimit ?? -1;
    return limit < 0 ? undefined : limit;
  }),
  ofEvent("proc.fdusage", "fraction", "Open descriptors in percent of those allowed", ({ thread }) => {
    const process = thread?.process;
    return process === undefined || process.descriptorLimit <= 0
      ? undefined
      : (process.descriptors.size * 100) / process.descriptorLimit;
  }),
  ofEvent("proc.vmsize", "number", "Virtual memory in KiB", ({ thread }) => thread?.vmSize || undefined),
  ofEvent("proc.vmrss", "number", "Resident memory in KiB", ({ thread }) => thread?.vmResident || undefined),
  ofEvent("proc.vmswap", "number", "Swapped memory in KiB", ({ thread }) => thread?.vmSwapped || undefined),
  ofEvent("proc.nthreads", "number", "Number of threads", ({ thread }) => {
    if (thread === undefined) return undefined;
    return (thread.process.others?.size ?? 0) + (thread.leader.exited ? 0 : 1);
  }),
  ofEvent("proc.nchilds", "number", "Number of threads without the main one", ({ thread }) =>
    thread === undefined ? undefined : (thread.process.others?.size ?? 0),
  ),
];
