/** Fields of an event's parameters: `evt.arg.flags`, `evt.arg[0]`, `evt.rawarg.size`, `evt.args`, `evt.buffer`. */
import type { SyscallEvent } from "../event.ts";
import { codes } from "../types/codes.ts";
import { bytesAt, numberAt, textAt } from "../types/parameters.ts";
import { eventTypes, type Parameter, type ParameterType, parameterIndex } from "../types/table.ts";
import { type ArgumentReader, argumentReader } from "./argument-text.ts";
import { indexOf, ofEvent, type SyscallField } from "./define.ts";
import type { Extract, FieldType, Value } from "./field.ts";

/** Readers of all parameters of one type, made when such an event is asked for the first time. */
const readers: (readonly ArgumentReader[] | undefined)[] = [];

function readersOf(code: number): readonly ArgumentReader[] {
  let all = readers[code];
  if (all === undefined) {
    const type = eventTypes[code];
    all = type === undefined ? [] : type.parameters.map((_, index) => argumentReader(type, index));
    readers[code] = all;
  }
  return all;
}

/** By the name of a parameter. Rules ask for few names hundreds of times. */
const placesByName = new Map<string, Int8Array>();

/** All parameters of that name, with the index that each type has it at; -1 for none. @throws Error where no type has one */
function places(name: string): Int8Array {
  const known = placesByName.get(name);
  if (known !== undefined) return known;
  const all = Int8Array.from(eventTypes, (type) => parameterIndex(type, name));
  if (all.every((index) => index === -1)) throw new Error(`no event has a parameter named ${name}`);
  placesByName.set(name, all);
  return all;
}

function byName(name: string): Extract<SyscallEvent> {
  const indexes = places(name);
  return (event) => {
    const index = indexes[event.code] ?? -1;
    return index < 0 ? undefined : readersOf(event.code)[index]?.text(event);
  };
}

function byIndex(index: number): Extract<SyscallEvent> {
  return (event) => {
    return index < event.parameters ? readersOf(event.code)[index]?.text(event) : undefined;
  };
}

const argumentDescription =
  "A parameter as it reads, names for numbers where it has some: `evt.arg.flags` is `O_RDONLY|O_CLOEXEC`, `evt.arg[0]` the first";

const argument: SyscallField = {
  name: "evt.arg",
  source: "syscall",
  type: "text",
  argument: { presence: "required", kind: "either" },
  scope: "event",
  description: argumentDescription,
  bind: (text = "") => (/^\d{1,9}$/.test(text) ? byIndex(indexOf(text)) : byName(text)),
};

/** The first parameter of a name in the table says which type a condition's literals have. */
function parameterNamed(name: string): Parameter {
  for (const type of eventTypes) {
    const found = type.parameters.find((each) => each.name === name);
    if (found !== undefined) return found;
  }
  throw new Error(`no event has a parameter named ${name}`);
}

function fieldType(type: ParameterType): FieldType {
  switch (type) {
    case "text":
      return "text";
    case "path":
    case "relpath":
      return "path";
    case "u64":
    case "reltime":
    case "abstime":
      return "big";
    case "port":
      return "port";
    case "ip4":
    case "ip6":
      return "address";
    case "bytes":
    case "sockaddr":
    case "socktuple":
    case "fdlist":
    case "dynamic":
    case "texts":
    case "pairs":
      return "bytes";
    default:
      return "number";
  }
}

function rawReader(type: FieldType, indexes: Int8Array): Extract<SyscallEvent> {
  return (event) => {
    const index = indexes[event.code] ?? -1;
    if (index < 0) return undefined;
    const parameter = eventTypes[event.code]?.parameters[index] as Parameter;
    if (type === "text" || type === "path") return textAt(event, index);
    if (type === "bytes" || type === "address") return bytesAt(event, index) || undefined;
    const value = numberAt(event, index, parameter.type);
    if (value === undefined) return undefined;
    return type === "big" ? BigInt(value) : Number(value);
  };
}

const raw: SyscallField = {
  name: "evt.rawarg.",
  source: "syscall",
  type: "text",
  typeOf: (name = "") => fieldType(parameterNamed(name).type),
  argument: { presence: "required", kind: "key" },
  scope: "event",
  description:
    "A parameter as it was told: `evt.rawarg.size > 100`, `evt.rawarg.name` before it was joined to a directory",
  bind(name = "") {
    return rawReader(fieldType(parameterNamed(name).type), places(name));
  },
};

function allArguments(event: SyscallEvent): string {
  if (event.code === codes.generic) return "";
  const type = eventTypes[event.code];
  if (type === undefined) return "";
  return readersOf(event.code)
    .slice(0, event.parameters)
    .map((reader, index) => {
      const { raw: text, resolved: name } = reader.both(event);
      const known = name === undefined || name === "" ? "" : `(${name})`;
      return `${type.parameters[index]?.name}=${text}${known}`;
    })
    .join(" ");
}

/** Of `ptrace` it is no buffer. */
const dataIndexes = Int8Array.from(eventTypes, (type) => {
  const index = parameterIndex(type, "data");
  return type.parameters[index]?.type === "bytes" ? index : -1;
});

function buffer(event: SyscallEvent): Value | undefined {
  const index = dataIndexes[event.code] ?? -1;
  return index < 0 ? undefined : bytesAt(event, index) || undefined;
}

export const argumentFields: readonly SyscallField[] = [
  argument,
  { ...argument, name: "evt.arg.", argument: { presence: "required", kind: "key" } },
  raw,
  ofEvent("evt.args", "text", "All parameters: `fd=3(<f>/etc/passwd) size=512`", allArguments),
  ofEvent("evt.info", "text", "The same as `evt.args`", allArguments),
  ofEvent("evt.buffer", "bytes", "Bytes that were read or written, as far as the source keeps them", buffer),
];
