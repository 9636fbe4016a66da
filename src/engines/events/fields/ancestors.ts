/** Fields of parents and of all ancestors. */
import type { SyscallEvent } from "../event.ts";
import type { Thread } from "../state/thread.ts";
import { ancestor, ofAncestors } from "./ancestry.ts";
import { argumentLine, commandLine, environmentLine, environmentVariable } from "./command-line.ts";
import { indexOf, ofEvent, ofThread, type SyscallField } from "./define.ts";
import type { Extract, FieldType } from "./field.ts";

/** `[n]` of the n-th ancestor, 1 the parent and 0 the process itself; without it a condition asks each ancestor. */
function ofEach(name: string, type: FieldType, what: string, read: (process: Thread) => string | number): SyscallField {
  return {
    name,
    source: "syscall",
    type,
    any: true,
    argument: { presence: "optional", kind: "index" },
    scope: "thread",
    description: `${what} of an ancestor: \`${name}[1]\` is the parent's, \`${name}[0]\` the process's own; without a number any ancestor's`,
    bind(argument) {
      if (argument === undefined) {
        return ({ thread }) => (thread === undefined ? undefined : ofAncestors(thread, read));
      }
      return ofNth(indexOf(argument), read);
    },
  };
}

function ofNth(generations: number, read: (process: Thread) => string | number): Extract<SyscallEvent> {
  return ({ thread }) => {
    const process = thread === undefined ? undefined : ancestor(thread, generations);
    return process === undefined ? undefined : read(process);
  };
}

/** Of the parent alone. */
function ofParent(
  name: string,
  type: FieldType,
  description: string,
  read: (process: Thread) => string | number | bigint | undefined,
): SyscallField {
  return ofThread(name, type, description, (thread) => {
    const { parent } = thread.leader;
    return parent === undefined ? undefined : read(parent);
  });
}

const ancestorArguments: SyscallField = {
  name: "proc.aargs",
  source: "syscall",
  type: "text",
  argument: { presence: "optional", kind: "index" },
  scope: "thread",
  description:
    "Arguments without argv[0] of an ancestor: `proc.aargs[1]` is the parent's; without a number those of all ancestors in one text",
  bind(argument) {
    if (argument !== undefined) return ofNth(indexOf(argument), argumentLine);
    return ({ thread }) => (thread === undefined ? undefined : ofAncestors(thread, argumentLine)?.join(" "));
  },
};

const ancestorEnvironment: SyscallField = {
  name: "proc.aenv",
  source: "syscall",
  type: "text",
  any: true,
  argument: { presence: "optional", kind: "either" },
  scope: "thread",
  description:
    "Environment of an ancestor: `proc.aenv[1]` is the parent's, `proc.aenv[NAME]` that variable in the nearest of 20 ancestors that sets it; without an argument any ancestor's",
  bind(argument) {
    if (argument === undefined) {
      return ({ thread }) => (thread === undefined ? undefined : ofAncestors(thread, environmentLine));
    }
    if (/^\d{1,9}$/.test(argument)) return ofNth(indexOf(argument), environmentLine);
    return ({ thread }) => (thread === undefined ? undefined : inherited(thread, argument));
  },
};

/** From how far above a variable is taken. */
const NEAR = 20;

function inherited(thread: Thread, name: string): string {
  let process = thread.leader.parent;
  for (let left = NEAR; left > 0 && process !== undefined; left--) {
    const value = environmentVariable(process, name);
    if (value !== "") return value;
    process = process.parent;
  }
  return "";
}

export const ancestorFields: readonly SyscallField[] = [
  ofParent("proc.pname", "text", "Name of the parent process", (parent) => parent.comm),
  ofParent("proc.pexe", "path", "argv[0] of the parent process", (parent) => parent.exe),
  ofParent("proc.pexepath", "path", "File that the parent process executes", (parent) => parent.exePath),
  ofParent("proc.pcmdline", "text", "Name and arguments of the parent process", commandLine),
  ofParent("proc.ppid", "number", "Id of the parent process", (parent) => parent.process.pid),
  ofParent("proc.pvpid", "number", "Id of the parent process in its own namespace", (parent) => parent.vpid),
  ofParent("proc.ppid.ts", "big", "When the parent process started, in nanoseconds since 1970", (parent) =>
    parent.started === 0n ? undefined : parent.started,
  ),
  ofEvent("proc.ppid.duration", "big", "Nanoseconds since the parent process started", (event) => {
    const parent = event.thread?.leader.parent;
    return parent === undefined ? undefined : since(event, parent.started);
  }),
  ofEach("proc.aname", "text", "Name", (process) => process.comm),
  ofEach("proc.aexe", "path", "argv[0]", (process) => process.exe),
  ofEach("proc.aexepath", "path", "File executed", (process) => process.exePath),
  ofEach("proc.acmdline", "text", "Name and arguments", commandLine),
  ofEach("proc.apid", "number", "Id", (process) => process.process.pid),
  ancestorArguments,
  ancestorEnvironment,
];

/** From a time to the event; absent where the time is not known. */
export function since(event: SyscallEvent, start: bigint): bigint | undefined {
  return start === 0n ? undefined : BigInt(event.seconds) * 1_000_000_000n + BigInt(event.nanoseconds) - start;
}
