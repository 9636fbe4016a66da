/** Fields of the event's descriptor: of the one that it uses or ends, or of the one that came of it. Ends are in `connection.ts`. */
import type { SyscallEvent } from "../event.ts";
import type { Descriptor } from "../state/thread.ts";
import { codes } from "../types/codes.ts";
import { socketTupleAt } from "../types/sockets.ts";
import { tupleText } from "./argument-text.ts";
import { indexOf, ofEvent, type SyscallField } from "./define.ts";
import { kindCharacters, kindNames, protocolOf } from "./descriptor-kinds.ts";
import { touchesDescriptor } from "./event-codes.ts";
import { openedPath, openedRawPath } from "./event-path.ts";
import type { Extract, FieldType, Value } from "./field.ts";

/** Of the descriptor, where the event has one and somebody told what it is open on. */
export function ofDescriptor(
  name: string,
  type: FieldType,
  description: string,
  read: (descriptor: Descriptor, event: SyscallEvent) => Value | undefined,
  more: Partial<SyscallField> = {},
): SyscallField {
  return ofEvent(
    name,
    type,
    description,
    (event) => {
      const { descriptor } = event;
      return descriptor === undefined || touchesDescriptor[event.code] !== 1 ? undefined : read(descriptor, event);
    },
    more,
  );
}

/** What the descriptor is open on, or what it would have been had the event not failed; `""` where nothing tells. */
function nameOf(event: SyscallEvent): string | undefined {
  if (touchesDescriptor[event.code] !== 1 || event.thread === undefined) return undefined;
  return event.descriptor === undefined ? missedName(event) : event.descriptor.name;
}

function missedName(event: SyscallEvent): string {
  switch (event.code) {
    case codes.accept:
    case codes.accept4:
    case codes.connect:
      return tupleText(socketTupleAt(event, 1)) ?? "";
    default:
      return openedPath(event) ?? "";
  }
}

function directoryName(event: SyscallEvent): string | undefined {
  const { descriptor } = event;
  if (descriptor?.kind === "directory") return nameOf(event);
  if (descriptor !== undefined && descriptor.kind !== "file") return undefined;
  const name = nameOf(event);
  if (name === undefined) return undefined;
  const slash = name.lastIndexOf("/");
  if (slash <= 0) return "/";
  return slash === name.length - 1 ? name : name.slice(0, slash);
}

function fileName({ kind, name }: Descriptor): string | undefined {
  if (kind !== "file") return undefined;
  const slash = name.lastIndexOf("/");
  if (slash === -1) return "/";
  return slash === name.length - 1 ? name : name.slice(slash + 1);
}

/** What an event's descriptor would be, had it not failed; of sockets nothing tells which kind, and `4` stands for all. */
const missedCharacters: ReadonlyMap<number, string> = new Map([
  [codes.openat, "f"],
  [codes.openat2, "f"],
  [codes.creat, "f"],
  [codes.socket, "4"],
  [codes.accept, "4"],
  [codes.accept4, "4"],
  [codes.pipe, "p"],
  [codes.pipe2, "p"],
  [codes.eventfd, "e"],
  [codes.eventfd2, "e"],
  [codes.signalfd, "s"],
  [codes.signalfd4, "s"],
  [codes.timerfd_create, "t"],
  [codes.inotify_init, "i"],
  [codes.inotify_init1, "i"],
]);

function typeCharacter(event: SyscallEvent): string | undefined {
  if (touchesDescriptor[event.code] !== 1 || event.thread === undefined) return undefined;
  return event.descriptor === undefined
    ? (missedCharacters.get(event.code) ?? "o")
    : kindCharacters[event.descriptor.kind];
}

/** Of sockets between addresses; `<NA>` where nothing tells, and for other descriptors. */
function protocolName(descriptor: Descriptor): string {
  return protocolOf(descriptor) ?? "<NA>";
}

function familyOf({ kind }: Descriptor): string | undefined {
  if (kind === "unix") return "unix";
  return kind === "ipv4" || kind === "ipv6" ? "ip" : undefined;
}

function containerId({ thread }: SyscallEvent): string {
  const container = thread?.container;
  return container === undefined || container === "host" ? "" : container.id;
}

/** With the container's id in front of it. */
function inContainer(read: Extract<SyscallEvent>): Extract<SyscallEvent> {
  return (event) => {
    const name = read(event);
    return name === undefined ? undefined : `${containerId(event)}:${name}`;
  };
}

const kinds: SyscallField = {
  name: "fd.types",
  source: "syscall",
  type: "text",
  list: true,
  argument: { presence: "optional", kind: "index" },
  scope: "event",
  description: "Types of all descriptors of the process, each once; `fd.types[1]` that of standard output alone",
  bind(argument) {
    const wanted = indexOf(argument);
    return ({ code, thread }) => {
      if (thread === undefined || touchesDescriptor[code] !== 1) return undefined;
      const { descriptors } = thread.process;
      if (wanted >= 0) {
        const descriptor = descriptors.get(wanted);
        return descriptor === undefined ? undefined : [kindNames[descriptor.kind]];
      }
      const found = new Set<string>();
      for (const [, { kind }] of descriptors) found.add(kindNames[kind]);
      return found.size === 0 ? undefined : [...found];
    };
  },
};

export const descriptorFields: readonly SyscallField[] = [
  {
    ...ofEvent(
      "fd.name",
      "path",
      "What the descriptor is open on: a path from the root, `10.0.0.1:4000->10.0.0.2:80`, the name of a pipe",
      nameOf,
    ),
    scope: "path",
  },
  ofEvent("fd.nameraw", "path", "Path as it was passed to the kernel, doubled slashes as one", (event) => {
    if (touchesDescriptor[event.code] !== 1 || event.thread === undefined) return undefined;
    const raw = event.descriptor === undefined ? (openedRawPath(event) ?? "") : event.descriptor.nameRaw;
    return raw?.includes("//") ? raw.replace(/\/+/g, "/") : raw;
  }),
  { ...ofEvent("fd.directory", "path", "Directory of the file; a directory itself", directoryName), scope: "path" },
  { ...ofDescriptor("fd.filename", "text", "Name of the file without its directory", fileName), scope: "path" },
  ofEvent("fd.num", "number", "Number of the descriptor", ({ code, fd, thread }) =>
    thread === undefined || touchesDescriptor[code] !== 1 ? undefined : fd,
  ),
  ofDescriptor(
    "fd.type",
    "text",
    "`file`, `directory`, `ipv4`, `ipv6`, `unix`, `pipe`, `memfd`…",
    ({ kind }) => kindNames[kind],
  ),
  ofEvent(
    "fd.typechar",
    "text",
    "One character for the type: `f` file, `d` directory, `4` IPv4, `6` IPv6, `u` unix, `p` pipe, `m` memfd, `o` other",
    typeCharacter,
  ),
  kinds,
  ofDescriptor("fd.l4proto", "text", "`tcp`, `udp`, `icmp` or `raw`; `<NA>` where nothing tells", protocolName),
  ofDescriptor("fd.sockfamily", "text", "`ip` or `unix`", familyOf),
  ofEvent("fd.uid", "text", "Id of the thread and number of the descriptor in one text", ({ code, fd, thread }) =>
    thread === undefined || touchesDescriptor[code] !== 1 ? undefined : `${thread.tid}${fd}`,
  ),
  ofEvent("fd.containername", "text", "`fd.name` after the id of the container and a colon", inContainer(nameOf)),
  ofEvent(
    "fd.containerdirectory",
    "text",
    "`fd.directory` after the id of the container and a colon",
    inContainer(directoryName),
  ),
  ofDescriptor(
    "fd.connected",
    "boolean",
    "The socket is connected, or about to be",
    ({ connected }) => connected === true,
  ),
  ofDescriptor("fd.name_changed", "boolean", "The event changed `fd.name`", ({ nameChanged }) => nameChanged === true),
  ofDescriptor("fd.dev", "number", "Device of the file", ({ device }) => device, {
    show: (value) => Number(value).toString(16).toUpperCase(),
  }),
  ofDescriptor("fd.dev.major", "number", "Major number of the device", ({ device }) =>
    device === undefined ? undefined : (device & 0xfff00) >>> 8,
  ),
  ofDescriptor("fd.dev.minor", "number", "Minor number of the device", ({ device }) =>
    device === undefined ? undefined : (device & 0xff) | ((device >>> 12) & 0xfff00),
  ),
  ofDescriptor("fd.ino", "big", "Inode number of the file", ({ inode }) => inode),
  ofDescriptor(
    "fd.is_upper_layer",
    "boolean",
    "The file is in the upper layer of an overlay filesystem",
    ({ overlay }) => overlay === "upper",
  ),
  ofDescriptor(
    "fd.is_lower_layer",
    "boolean",
    "The file is in a lower layer of an overlay filesystem",
    ({ overlay }) => overlay === "lower",
  ),
];
