/** Fields of system calls: what was called, what came of it. Parameters are in `evt-arguments.ts`. */
import type { SyscallEvent } from "../event.ts";
import { codes } from "../types/codes.ts";
import { errorName } from "../types/errors.ts";
import { flag } from "../types/flags.ts";
import { u32At, unsignedAt } from "../types/parameters.ts";
import { syscallById } from "../types/syscalls.ts";
import { codesOfName, eventType } from "../types/table.ts";
import { ofEvent, type SyscallField, untold } from "./define.ts";
import { isMeta, isSyscall, moves, openFlagsAt, openModeAt, reads, waits, writes } from "./event-codes.ts";

/** The event's name; of one without a type of its own the system call's. */
export function typeName(event: SyscallEvent): string {
  if (event.code === codes.generic) return syscallById(unsignedAt(event, 0, 2) ?? -1)?.name ?? "unknown";
  return eventType(event.code)?.name ?? "unknown";
}

const typeIs: SyscallField = {
  name: "evt.type.is.",
  source: "syscall",
  type: "number",
  argument: { presence: "required", kind: "key" },
  scope: "event",
  description: "1 for events of that type, 0 for others: `evt.type.is.open`",
  bind(argument = "") {
    const named = codesOfName(argument);
    if (named.length === 0) throw new Error(`no event is named ${argument}`);
    const codesOfIt = new Set(named);
    return ({ code }) => (codesOfIt.has(code) ? 1 : 0);
  },
};

function categoryOf({ code, descriptor }: SyscallEvent): string {
  const category = eventType(code)?.category ?? "unknown";
  if (!category.startsWith("io_")) return category === "ipc" ? "IPC" : category;
  switch (descriptor?.kind) {
    case "file":
    case "directory":
      return "file";
    case "ipv4":
    case "ipv6":
      return "net";
    case "pipe":
    case "unix":
    case "event":
    case "signalfd":
    case "inotify":
    case "userfault":
      return "ipc";
    default:
      return "unknown";
  }
}

/** The result as a number. Addresses over 2^53 lose their last bits, which no rule asks for. */
function resultOf({ result }: SyscallEvent): number | undefined {
  return result === undefined ? undefined : Number(result);
}

function resultText({ result }: SyscallEvent): string | undefined {
  if (result === undefined) return undefined;
  if (result >= 0) return "SUCCESS";
  return errorName(Number(result)) ?? String(result);
}

function failed({ result }: SyscallEvent): boolean | undefined {
  return result === undefined ? undefined : result < 0;
}

const flags = {
  read: flag("file_flags", "O_RDONLY"),
  write: flag("file_flags", "O_WRONLY"),
  create: flag("file_flags", "O_CREAT"),
  created: flag("file_flags", "O_F_CREATED"),
  temporary: flag("file_flags", "O_TMPFILE"),
};

/** Any of the three bits that let somebody execute a file. */
const EXECUTABLE = 0o111;

/** Bits of the open flags; 0 for what opens nothing. */
function openFlags(event: SyscallEvent): number {
  const at = openFlagsAt[event.code] ?? -1;
  return at < 0 ? 0 : (u32At(event, at) ?? 0);
}

function opensExecutable(event: SyscallEvent): boolean {
  if (event.code === codes.creat) return ((u32At(event, 2) ?? 0) & EXECUTABLE) !== 0;
  const at = openModeAt[event.code] ?? -1;
  if (at < 0 || (openFlags(event) & (flags.create | flags.temporary)) === 0) return false;
  return ((u32At(event, at) ?? 0) & EXECUTABLE) !== 0;
}

function creates(event: SyscallEvent): boolean {
  const set = openFlags(event);
  if ((set & flags.created) !== 0) return true;
  return (set & flags.temporary) !== 0 && event.result !== undefined && event.result >= 0;
}

/** How many bytes were moved, where it is of the kind asked for. */
function moved(wanted: (event: SyscallEvent) => boolean): (event: SyscallEvent) => number | undefined {
  return (event) => {
    const { descriptor, result, code } = event;
    if (descriptor === undefined || result === undefined || result < 0 || moves[code] !== 1) return undefined;
    return wanted(event) ? Number(result) : undefined;
  };
}

const ofFile = ({ descriptor }: SyscallEvent): boolean => descriptor?.kind === "file";
const ofNetwork = ({ descriptor }: SyscallEvent): boolean => descriptor?.kind === "ipv4" || descriptor?.kind === "ipv6";
const isInput = ({ code }: SyscallEvent): boolean => eventType(code)?.category === "io_read";
const isOutput = ({ code }: SyscallEvent): boolean => eventType(code)?.category === "io_write";

const lengths: readonly [string, string, (event: SyscallEvent) => boolean][] = [
  ["evt.buflen", "Bytes read or written", () => true],
  ["evt.buflen.in", "Bytes read", isInput],
  ["evt.buflen.out", "Bytes written", isOutput],
  ["evt.buflen.file", "Bytes read from or written to a file", ofFile],
  ["evt.buflen.file.in", "Bytes read from a file", (event) => ofFile(event) && isInput(event)],
  ["evt.buflen.file.out", "Bytes written to a file", (event) => ofFile(event) && isOutput(event)],
  ["evt.buflen.net", "Bytes received or sent", ofNetwork],
  ["evt.buflen.net.in", "Bytes received", (event) => ofNetwork(event) && isInput(event)],
  ["evt.buflen.net.out", "Bytes sent", (event) => ofNetwork(event) && isOutput(event)],
];

/** 1 for what failed and is of the kind, 0 for what is of it and did not fail. */
function errors(wanted: (event: SyscallEvent) => boolean): (event: SyscallEvent) => number | undefined {
  return (event) => {
    const failure = failed(event);
    return failure === undefined || !wanted(event) ? undefined : Number(failure);
  };
}

const fileCodes: ReadonlySet<number> = new Set([
  codes.creat,
  codes.open,
  codes.openat,
  codes.openat2,
  codes.open_by_handle_at,
]);
const netCodes: ReadonlySet<number> = new Set([codes.accept, codes.accept4, codes.connect]);

function fileError({ code, descriptor }: SyscallEvent): boolean {
  return descriptor === undefined ? fileCodes.has(code) : /^(?:file|directory)$/.test(descriptor.kind);
}

function netError({ code, descriptor }: SyscallEvent): boolean {
  return descriptor === undefined ? netCodes.has(code) : /^(?:ipv4|ipv6|unix)$/.test(descriptor.kind);
}

function otherError(event: SyscallEvent): boolean {
  return !fileError(event) && !netError(event) && (event.descriptor !== undefined || !memoryError(event));
}

const memoryError = ({ code }: SyscallEvent): boolean => eventType(code)?.category === "memory";

const enterGone = "events have no start since Falco 0.42, so that nothing tells it: remove it from the rule";

export const eventFields: readonly SyscallField[] = [
  ofEvent("evt.type", "text", "Name of the event: `open`, `execve`; of most a system call's", typeName),
  typeIs,
  ofEvent("syscall.type", "text", "Name of the system call; absent for what is none", (event) =>
    isSyscall[event.code] === 1 ? typeName(event) : undefined,
  ),
  ofEvent(
    "evt.category",
    "text",
    "Category: `file`, `net`, `process`…; of reads and writes that of the descriptor",
    categoryOf,
  ),
  ofEvent("evt.cpu", "number", "Number of the processor", ({ cpu }) => cpu),
  ofEvent(
    "evt.dir",
    "text",
    "`<` for the end of a system call, `>` for what only begins or has no end",
    ({ code }) => (code % 2 === 1 ? "<" : ">"),
    {
      deprecated: enterGone,
    },
  ),
  ofEvent("evt.res", "text", "`SUCCESS`, or the name of the error: `ENOENT`", resultText),
  ofEvent("evt.rawres", "number", "Result as a number: below 0 for an error", resultOf),
  ofEvent("evt.failed", "boolean", "The call ended with an error", failed),
  ofEvent(
    "evt.is_io",
    "boolean",
    "The call reads or writes by a descriptor",
    ({ code }) => reads[code] === 1 || writes[code] === 1,
  ),
  ofEvent("evt.is_io_read", "boolean", "The call reads by a descriptor", ({ code }) => reads[code] === 1),
  ofEvent("evt.is_io_write", "boolean", "The call writes by a descriptor", ({ code }) => writes[code] === 1),
  ofEvent("evt.io_dir", "text", "`read` or `write`; absent for what does neither", ({ code }) => {
    if (writes[code] === 1) return "write";
    return reads[code] === 1 ? "read" : undefined;
  }),
  ofEvent("evt.is_wait", "boolean", "The call waits: `poll`, `select`, `nanosleep`", ({ code }) => waits[code] === 1),
  ofEvent(
    "evt.is_syslog",
    "boolean",
    "The call writes to /dev/log",
    ({ code, descriptor }) => writes[code] === 1 && descriptor?.name.includes("/dev/log") === true,
  ),
  ofEvent(
    "evt.is_open_read",
    "boolean",
    "The call opens a path for reading",
    (event) => (openFlags(event) & flags.read) !== 0,
  ),
  ofEvent(
    "evt.is_open_write",
    "boolean",
    "The call opens a path for writing",
    (event) => (openFlags(event) & flags.write) !== 0,
  ),
  ofEvent("evt.is_open_exec", "boolean", "The call creates a file that can be executed", opensExecutable),
  ofEvent("evt.is_open_create", "boolean", "The call creates a file", creates),
  ...lengths.map(([name, description, wanted]) => ofEvent(name, "number", description, moved(wanted))),
  ofEvent("evt.count", "number", "Always 1", () => 1),
  ofEvent(
    "evt.count.error",
    "number",
    "1 for what ended with an error",
    errors(() => true),
  ),
  ofEvent("evt.count.error.file", "number", "1 for what ended with an error and is about a file", errors(fileError)),
  ofEvent("evt.count.error.net", "number", "1 for what ended with an error and is about a socket", errors(netError)),
  ofEvent(
    "evt.count.error.memory",
    "number",
    "1 for what ended with an error and is about memory",
    errors(memoryError),
  ),
  ofEvent(
    "evt.count.error.other",
    "number",
    "1 for what ended with an error and is about none of these",
    errors(otherError),
  ),
  ofEvent("evt.count.exit", "number", "1 for the end of a system call", ({ code }) => (code % 2 === 1 ? 1 : undefined)),
  ofEvent("evt.count.procinfo", "number", "1 for what tells of a process", ({ code, thread }) =>
    code === codes.procinfo && thread?.leader === thread ? 1 : 0,
  ),
  ofEvent("evt.count.threadinfo", "number", "1 for what tells of a thread", ({ code }) =>
    code === codes.procinfo ? 1 : 0,
  ),
  ofEvent(
    "evt.is_async",
    "boolean",
    "The event was added by the program that recorded the events",
    ({ code }) => isMeta[code] === 1,
  ),
  ofEvent("evt.asynctype", "text", "Name of such an event: `container`", (event) =>
    isMeta[event.code] === 1 ? typeName(event) : undefined,
  ),
  ...["evt.latency", "evt.latency.s", "evt.latency.ns", "evt.latency.quantized", "evt.wait_latency"].map((name) =>
    untold(name, "big", "How long the system call took", { deprecated: enterGone }),
  ),
  untold("evt.latency.human", "text", "How long the system call took", { deprecated: enterGone }),
  {
    ...untold("evt.around", "number", "Events around a time, for browsing captures; never there", {
      deprecated: "ask for evt.rawtime",
    }),
    argument: { presence: "required", kind: "key" },
  },
  ...["name", "container.id", "container.name", "container.image"].map((each) =>
    untold(`evt.infra.docker.${each}`, "text", "Of Docker's own events, which no source has", {
      deprecated: "ask for container fields",
    }),
  ),
];
