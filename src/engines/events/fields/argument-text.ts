/** Parameters of an event as `evt.arg.NAME` and `evt.args` show them: a number, and what it stands for. */
import type { SyscallEvent } from "../event.ts";
import { asDirectory, joinPath, unknownDirectory } from "../state/paths.ts";
import type { Thread } from "../state/thread.ts";
import { errorName, signalName } from "../types/errors.ts";
import { flagNames } from "../types/flags.ts";
import { bytesAt, descriptorListAt, dynamicTypeAt, numberAt, signedAt, textAt, u32At } from "../types/parameters.ts";
import { type SocketTuple, socketAddressAt, socketTupleAt } from "../types/sockets.ts";
import { syscallById } from "../types/syscalls.ts";
import type { EventType, Parameter } from "../types/table.ts";
import { kindCharacters, protocolOf } from "./descriptor-kinds.ts";
import { shownAddress } from "./shown.ts";

/** `raw` as it was told, `resolved` what it stands for: a path from the root, names of flags, what a descriptor is open on. */
export interface ArgumentText {
  readonly raw: string;
  readonly resolved?: string | undefined;
}

/** The descriptor number that stands for the working directory (`AT_FDCWD`). */
export const workingDirectory = -100;

type Show = (event: SyscallEvent, index: number) => ArgumentText | undefined;

/** How one parameter of one event type is shown. Never undefined: what is absent is `<NA>`, lists and bytes `NULL`. */
export interface ArgumentReader {
  both(event: SyscallEvent): ArgumentText;
  /** What it stands for, or where it stands for nothing, as it was told. */
  text(event: SyscallEvent): string;
}

export function argumentReader(type: EventType, index: number): ArgumentReader {
  const parameter = type.parameters[index] as Parameter;
  const show = showOf(parameter);
  const absent: ArgumentText = { raw: nullTypes.has(parameter.type) ? "NULL" : "<NA>" };
  const both = (event: SyscallEvent): ArgumentText => {
    if (index >= event.parameters || (event.lengths[index] as number) <= 0) return absent;
    return show(event, index) ?? absent;
  };
  const quick = quickText(parameter, index);
  return { both, text: quick ?? ((event) => resolvedOf(both(event))) };
}

function quickPath(index: number, directory: number | undefined): (event: SyscallEvent) => string {
  return (event) => {
    const raw = textAt(event, index);
    if (raw === undefined) return "<NA>";
    if (raw.charCodeAt(0) === SLASH) return raw;
    return resolvedPath(event, raw, directory)?.resolved ?? raw;
  };
}

const SLASH = 47;

function resolvedOf({ raw, resolved }: ArgumentText): string {
  return resolved === undefined || resolved === "" ? raw : resolved;
}

/** Without a text that nobody asks for: flags, texts and paths are what rules compare most. */
function quickText(parameter: Parameter, index: number): ((event: SyscallEvent) => string) | undefined {
  if (parameter.type === "text") return (event) => textAt(event, index) ?? "<NA>";
  if (parameter.type === "path" || parameter.type === "relpath") return quickPath(index, parameter.directory);
  if (parameter.type !== "flags32" && parameter.type !== "enum32") return undefined;
  const names = flagNamesOf(parameter);
  return (event) => {
    const value = u32At(event, index);
    return value === undefined ? "<NA>" : names(value) || String(value);
  };
}

const nullTypes: ReadonlySet<string> = new Set(["bytes", "socktuple", "fdlist", "texts", "pairs", "dynamic"]);

function showOf(parameter: Parameter): Show {
  switch (parameter.type) {
    case "text":
      return (event, index) => textOnly(textAt(event, index));
    case "path":
      return (event, index) => resolvedPath(event, textAt(event, index), undefined);
    case "relpath":
      return (event, index) => resolvedPath(event, textAt(event, index), parameter.directory);
    case "bytes":
    case "texts":
    case "pairs":
      return (event, index) => textOnly(dotted(bytesAt(event, index)));
    case "socktuple":
      return (event, index) => textOnly(tupleText(socketTupleAt(event, index)));
    case "sockaddr":
      return addressText;
    case "fdlist":
      return descriptorList;
    case "dynamic":
      return dynamicValue(parameter);
    default:
      return (event, index) => {
        const value = numberAt(event, index, parameter.type);
        return value === undefined ? undefined : numberText(event, parameter, value);
      };
  }
}

function textOnly(raw: string | undefined): ArgumentText | undefined {
  return raw === undefined ? undefined : { raw };
}

/** Bytes for people: what is no printable ASCII is a dot. */
function dotted(bytes: string | undefined): string | undefined {
  return bytes?.replace(/[^ -~]/g, ".");
}

/** A directory by its descriptor, with a slash at its end; the working directory without one. */
export function directoryOf(thread: Thread, fd: number | undefined): string {
  if (fd === undefined || fd === workingDirectory) return thread.process.cwd;
  const descriptor = thread.process.descriptors.get(fd);
  return descriptor === undefined ? unknownDirectory : asDirectory(descriptor.name);
}

/** @param directory - index of the parameter that the path starts from; undefined: the working directory */
function resolvedPath(
  event: SyscallEvent,
  raw: string | undefined,
  directory: number | undefined,
): ArgumentText | undefined {
  if (raw === undefined) return undefined;
  const { thread } = event;
  if (thread === undefined || raw === "" || raw === "<NA>" || raw.startsWith("/")) return { raw };
  const fd = directory === undefined ? undefined : signedAt(event, directory);
  const start = directoryOf(thread, fd);
  return start === unknownDirectory ? { raw } : { raw, resolved: joinPath(start, raw) };
}

function numberText(event: SyscallEvent, parameter: Parameter, value: number | bigint): ArgumentText {
  switch (parameter.type) {
    case "fd":
    case "fd32":
      return { raw: String(value), resolved: descriptorText(event, Number(value)) };
    case "pid":
    case "pid32":
      return { raw: String(value), resolved: event.host?.threadOf(Number(value))?.comm };
    case "errno":
      return { raw: based(parameter, value), resolved: value < 0 ? errorName(Number(value)) : undefined };
    case "signal":
      return { raw: String(value), resolved: signalName(Number(value)) };
    case "syscall":
      return { raw: String(value), resolved: syscallById(Number(value))?.name };
    case "reltime":
      return relativeTime(BigInt(value));
    case "abstime":
      return { raw: absoluteTime(BigInt(value)) };
    case "uid":
    case "gid":
      return identity(event, parameter.type, Number(value));
    case "sigset":
      return { raw: signalSet(Number(value)) };
    case "mode":
      return { raw: based(parameter, value), resolved: flagNames(parameter, Number(value)) };
    default:
      if (!/^(?:flags|enum)/.test(parameter.type)) return { raw: based(parameter, value) };
      return { raw: String(value), resolved: flagNames(parameter, Number(value)) };
  }
}

/** In the parameter's base; negative ones as the machine has them in hexadecimal, unsigned ones of 8 bytes as signed. */
function based(parameter: Parameter, value: number | bigint): string {
  if (parameter.base === "decimal") {
    return parameter.type === "u64" ? String(BigInt.asIntN(64, BigInt(value))) : String(value);
  }
  const bits = parameter.type.endsWith("64") || parameter.type === "errno" ? 64 : 32;
  const whole = BigInt.asUintN(bits, BigInt(value));
  if (parameter.base === "hexadecimal") return whole.toString(16).toUpperCase();
  return whole === 0n ? "0" : `0${whole.toString(8)}`;
}

function descriptorText(event: SyscallEvent, fd: number): string | undefined {
  if (fd < 0) return fd === workingDirectory ? "AT_FDCWD" : errorName(fd);
  const descriptor = event.thread?.process.descriptors.get(fd);
  if (descriptor === undefined) return undefined;
  const protocol = protocolOf(descriptor)?.slice(0, 1) ?? "";
  return `<${kindCharacters[descriptor.kind]}${protocol}>${descriptor.name}`;
}

function relativeTime(value: bigint): ArgumentText {
  if (value === 0xffff_ffff_ffff_ffffn) return { raw: "none" };
  return { raw: String(value), resolved: `${Number((Number(value) / 1e9).toPrecision(6))}s` };
}

function absoluteTime(value: bigint): string {
  const seconds = Number(value / 1_000_000_000n);
  if (seconds > 253_402_300_799) return String(value);
  const [date, time] = new Date(seconds * 1_000).toISOString().slice(0, 19).split("T");
  return `${date} ${time}.${String(value % 1_000_000_000n).padStart(9, "0")} +0000`;
}

function identity({ thread, host }: SyscallEvent, type: "uid" | "gid", value: number): ArgumentText {
  if (value === 0xffff_ffff) return { raw: "-1", resolved: "<NONE>" };
  const container = thread?.container;
  const of = container === undefined || container === "host" ? undefined : container.id;
  const known = type === "uid" ? host?.userOf(value, of) : host?.groupOf(value, of);
  return { raw: String(value), resolved: known?.name || "<NA>" };
}

function signalSet(set: number): string {
  const names: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    const name = ((set >>> bit) & 1) === 1 ? signalName(bit + 1) : undefined;
    if (name !== undefined) names.push(name);
  }
  return names.join(" ");
}

const MOST_REMEMBERED = 4_096;

/** Names by value: programs open files in few ways. */
function flagNamesOf(parameter: Parameter): (value: number) => string {
  const byValue = new Map<number, string>();
  return (value) => {
    let names = byValue.get(value);
    if (names === undefined) {
      names = flagNames(parameter, value);
      if (byValue.size >= MOST_REMEMBERED) byValue.clear();
      byValue.set(value, names);
    }
    return names;
  };
}

/** `10.0.0.1:4000->10.0.0.2:80`; of a unix socket the kernel's addresses and its path. */
export function tupleText(tuple: SocketTuple | undefined): string | undefined {
  if (tuple === undefined) return undefined;
  if (tuple.kind === "other") return `family ${tuple.family}`;
  if (tuple.kind === "unix") return `${tuple.source.toString(16)}->${tuple.destination.toString(16)} ${tuple.path}`;
  const source = `${shownAddress(tuple.source)}:${tuple.sourcePort}`;
  return `${source}->${shownAddress(tuple.destination)}:${tuple.destinationPort}`;
}

function addressText(event: SyscallEvent, index: number): ArgumentText | undefined {
  const address = socketAddressAt(event, index);
  if (address === undefined) return undefined;
  if (address.kind === "unix") return { raw: address.path };
  if (address.kind === "other") return { raw: `family ${address.family}` };
  return { raw: `${shownAddress(address.address)}:${address.port}` };
}

function descriptorList(event: SyscallEvent, index: number): ArgumentText {
  const descriptors = event.thread?.process.descriptors;
  const texts = descriptorListAt(event, index).map(({ fd, flags }) => {
    const kind = descriptors?.get(fd)?.kind;
    return `${fd}:${kind === undefined ? "?" : kindCharacters[kind]}${flags.toString(16)}`;
  });
  return { raw: texts.join(" ") };
}

/** A parameter whose first byte says of which type the rest is. */
function dynamicValue(parameter: Parameter): Show {
  return (event, index) => {
    const dynamic = dynamicTypeAt(event, index, parameter.flags ?? "");
    if (dynamic === undefined) return undefined;
    const inner: Parameter = { name: parameter.name, type: dynamic.type, base: dynamic.base };
    return shifted(event, index, () => showOf(inner)(event, index));
  };
}

/** With a parameter that starts one byte later. */
function shifted<Result>(event: SyscallEvent, index: number, read: () => Result): Result {
  const start = event.starts[index] as number;
  const length = event.lengths[index] as number;
  event.starts[index] = start + 1;
  event.lengths[index] = length - 1;
  try {
    return read();
  } finally {
    event.starts[index] = start;
    event.lengths[index] = length;
  }
}
