/** Writes events as lines (docs/event-lines.md): a sink that makes objects of what it is given, from which tests of rules are cut. */
import type { ContainerFacts } from "../containers/model.ts";
import type { SyscallEvent } from "../event.ts";
import type { GroupFacts, MachineFacts, SyscallSink, ThreadSnapshot, UserFacts } from "../sink.ts";
import type { Descriptor } from "../state/thread.ts";
import { addressText } from "../types/addresses.ts";
import { codes } from "../types/codes.ts";
import { flagNames, flagTable } from "../types/flags.ts";
import { bytesAt, descriptorListAt, numberAt, textAt } from "../types/parameters.ts";
import { type SocketAddress, type SocketTuple, socketAddressAt, socketTupleAt } from "../types/sockets.ts";
import { syscallById } from "../types/syscalls.ts";
import { eventTypes, type Parameter } from "../types/table.ts";
import { splitTexts } from "../types/texts.ts";
import { endpointWritten } from "./addresses.ts";
import { containerObject } from "./container.ts";
import { LINES_FORMAT, LINES_VERSION, threadBigs, threadFlags, threadNumbers } from "./read.ts";
import { type JsonObject, optional, writtenText } from "./shape.ts";
import { timeText } from "./time.ts";

export class LineWriter implements SyscallSink {
  private readonly write: (line: JsonObject) => void;

  /** @param write - gets each object, the first of which says the version */
  constructor(write: (line: JsonObject) => void) {
    this.write = write;
    write({ format: LINES_FORMAT, version: LINES_VERSION });
  }

  machine({ hostname, addresses, bootTime }: MachineFacts): void {
    const more = { ...text("hostname", hostname), ...optional("bootTime", bootTime?.toString()) };
    this.write({ machine: { addresses: addresses.map(addressText), ...more } });
  }

  user({ id, name, gid, home, shell }: UserFacts, container?: string): void {
    const more = {
      ...optional("gid", gid),
      ...text("home", home),
      ...text("shell", shell),
      ...text("container", container),
    };
    this.write({ user: { id, name: writtenText(name), ...more } });
  }

  group({ id, name }: GroupFacts, container?: string): void {
    this.write({ group: { id, name: writtenText(name), ...text("container", container) } });
  }

  container(facts: ContainerFacts): void {
    this.write({ container: containerObject(facts) });
  }

  thread(thread: ThreadSnapshot): void {
    const { capabilities } = thread;
    const line: Record<string, unknown> = {
      pid: thread.pid,
      ...(thread.tid === thread.pid ? {} : { tid: thread.tid }),
      parent: thread.parent,
      name: writtenText(thread.comm),
      exe: writtenText(thread.exe),
      path: writtenText(thread.exePath),
      args: thread.args.map(writtenText),
      ...texts("environment", thread.environment),
      ...text("cwd", thread.cwd),
      ...text("root", thread.root),
      ...texts("cgroups", thread.cgroups),
    };
    if (capabilities !== undefined) {
      const { permitted, effective, inheritable } = capabilities;
      line.capabilities = { permitted: `${permitted}`, effective: `${effective}`, inheritable: `${inheritable}` };
    }
    // Numbers below 0 stand for what libs did not know.
    for (const name of threadNumbers) if ((thread[name] ?? -1) >= 0) line[name] = thread[name];
    for (const name of threadBigs) if (thread[name] !== undefined) line[name] = thread[name].toString();
    for (const name of threadFlags) if (thread[name] !== undefined) line[name] = thread[name];
    this.write({ process: line });
  }

  descriptor(tid: number, fd: number, descriptor: Descriptor): void {
    const { local, remote } = descriptor;
    this.write({
      descriptor: {
        tid,
        fd,
        kind: descriptor.kind,
        name: writtenText(descriptor.name),
        ...optional("local", local === undefined ? undefined : endpointWritten(local)),
        ...optional("remote", remote === undefined ? undefined : endpointWritten(remote)),
        ...optional("protocol", descriptor.protocol),
        ...optional("role", descriptor.role),
        ...optional("connected", descriptor.connected),
        ...optional("openFlags", descriptor.openFlags),
        ...optional("mode", descriptor.mode),
        ...optional("device", descriptor.device),
        ...optional("inode", descriptor.inode?.toString()),
        ...optional("overlay", descriptor.overlay),
      },
    });
  }

  lost(reason: string, count: number): void {
    this.write({ lost: { reason, count } });
  }

  event(event: SyscallEvent): void {
    const type = eventTypes[event.code];
    if (type === undefined) return;
    const args: Record<string, unknown> = {};
    // Null: absent, and not what a line that says nothing means.
    for (const [index, parameter] of type.parameters.entries())
      args[parameter.name] = valueAt(event, index, parameter) ?? null;
    const name = event.code === codes.generic ? genericName(event) : type.name;
    const cpu = event.cpu === 0 ? {} : { cpu: event.cpu };
    const stateOnly = event.stateOnly ? { stateOnly: true } : {};
    this.write({ time: timeText(event), tid: event.tid, event: name, args, ...cpu, ...stateOnly });
  }
}

/** By the call's name where it has no type of its own: else the name would be that type's. */
function genericName(event: SyscallEvent): string {
  const syscall = syscallById(Number(numberAt(event, 0, "syscall") ?? -1));
  return syscall?.code === codes.generic ? syscall.name : "syscall";
}

function valueAt(event: SyscallEvent, index: number, parameter: Parameter): unknown {
  if (index >= event.parameters || (event.lengths[index] as number) <= 0) return undefined;
  const number = numberAt(event, index, parameter.type);
  if (number !== undefined) return numberWritten(parameter, number);
  const bytes = bytesAt(event, index) ?? "";
  switch (parameter.type) {
    case "text":
    case "path":
    case "relpath":
      return writtenText(textAt(event, index) ?? "");
    case "bytes":
    case "texts":
      // Arguments, environment, cgroups: each text with its zero.
      return bytes.endsWith("\0") ? splitTexts(bytes).map(writtenText) : writtenText(bytes);
    case "sockaddr":
      return addressWritten(socketAddressAt(event, index)) ?? raw(bytes);
    case "socktuple":
      return tupleWritten(socketTupleAt(event, index)) ?? raw(bytes);
    case "fdlist":
      return descriptorListAt(event, index).map(({ fd, flags }) => [fd, flags]);
    case "ip4":
    case "ip6":
      return bytes.length === (parameter.type === "ip4" ? 4 : 16) ? addressText(bytes) : raw(bytes);
    default:
      return raw(bytes);
  }
}

/** By names where they say all of it. */
function numberWritten(parameter: Parameter, value: number | bigint): unknown {
  if (typeof value === "bigint") return value.toString();
  if (parameter.flags === undefined) return value;
  const names = flagNames(parameter, value).split("|");
  // Of an enumerated value each name is all of it.
  const chosen = parameter.type.startsWith("enum") ? names.slice(0, 1) : names;
  const table = flagTable(parameter.flags);
  const values = chosen.map((name) => table.find(([known]) => known === name)?.[1]);
  const sum = values.reduce<number>((all, each) => (all | (each ?? 0)) >>> 0, 0);
  return values.includes(undefined) || sum !== value ? value : chosen.join("|");
}

function addressWritten(address: SocketAddress | undefined): unknown {
  if (address?.kind === "ipv4" || address?.kind === "ipv6") return endpointWritten(address);
  const isPath = address?.kind === "unix" && address.path.startsWith("/");
  const path = isPath ? writtenText(address.path) : undefined;
  return typeof path === "string" ? path : undefined;
}

function tupleWritten(tuple: SocketTuple | undefined): string | undefined {
  if (tuple?.kind !== "ipv4" && tuple?.kind !== "ipv6") return undefined;
  const source = endpointWritten({ address: tuple.source, port: tuple.sourcePort });
  return `${source}->${endpointWritten({ address: tuple.destination, port: tuple.destinationPort })}`;
}

function raw(bytes: string): { hex: string } {
  return { hex: Buffer.from(bytes, "latin1").toString("hex") };
}

/** A property of its own where there is a text. */
function text(name: string, bytes: string | undefined): JsonObject {
  return bytes === undefined ? {} : { [name]: writtenText(bytes) };
}

function texts(name: string, list: readonly string[] | undefined): JsonObject {
  return list === undefined ? {} : { [name]: list.map(writtenText) };
}
