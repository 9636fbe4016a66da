/**
 * The table of event types: what each code is named, what it tells and which parameters it has.
 *
 * A line of `events.ts` is `CODE NAME CATEGORY[.KIND] | ENTER | EXIT`; each side is its marks (`-` for none), then its
 * parameters as `NAME:TYPE[/BASE][=FLAGS][@DIRECTORY]`. Marks: c makes a descriptor, d ends one, u uses one, r reads, w
 * writes, m changes what is known of processes, o old (captures have it, it is converted when read), x stands for nothing, l
 * lengths have four bytes, s is no deed of its thread, W waits.
 */
import { eventLines } from "./events.ts";

export type ParameterType =
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "text"
  | "bytes"
  | "errno"
  | "sockaddr"
  | "socktuple"
  | "fd"
  | "pid"
  | "fdlist"
  | "path"
  | "syscall"
  | "signal"
  | "reltime"
  | "abstime"
  | "port"
  | "ip4"
  | "ip6"
  | "dynamic"
  | "flags8"
  | "flags16"
  | "flags32"
  | "uid"
  | "gid"
  | "sigset"
  | "texts"
  | "pairs"
  | "mode"
  | "relpath"
  | "enum8"
  | "enum16"
  | "enum32"
  | "fd32"
  | "pid32";

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  /** How a number is shown. */
  readonly base: "decimal" | "hexadecimal" | "octal";
  /** Table of `flags.ts` that names its values; for `dynamic` the list of types that it can have. */
  readonly flags?: string;
  /** Of a `relpath`: which parameter is the directory that it starts from. */
  readonly directory?: number;
}

/** `syscall` for nearly all; `tracepoint`: the kernel's own (`procexit`); `metaevent`: told by who wrote the events. */
export type EventKind = "syscall" | "tracepoint" | "metaevent" | "plugin" | "iterator";

export interface EventType {
  readonly code: number;
  /** As `evt.type` shows it; old and new codes of one thing have one name. */
  readonly name: string;
  /** `file`, `net`, `io_read`… */
  readonly category: string;
  readonly kind: EventKind;
  /** Odd codes: the thing is over and has its result. */
  readonly exit: boolean;
  readonly parameters: readonly Parameter[];
  readonly makesDescriptor: boolean;
  readonly endsDescriptor: boolean;
  readonly usesDescriptor: boolean;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly changesState: boolean;
  readonly old: boolean;
  readonly unused: boolean;
  readonly largeLengths: boolean;
  readonly notOfItsThread: boolean;
}

const bases = { x: "hexadecimal", o: "octal" } as const;

function parameter(word: string): Parameter {
  const [, name, type, base, flags, directory] =
    /^([^:]+):([a-z0-9]+)(?:\/([xo]))?(?:=(\w+))?(?:@(\d+))?$/.exec(word) ?? [];
  if (name === undefined || type === undefined) throw new Error(`event table: ${word}`);
  return {
    name,
    type: type as ParameterType,
    base: base === "x" || base === "o" ? bases[base] : "decimal",
    ...(flags === undefined ? {} : { flags }),
    ...(directory === undefined ? {} : { directory: Number(directory) }),
  };
}

function side(code: number, name: string, category: string, text: string): EventType {
  const [marks = "-", ...words] = text.split(" ");
  const [kindOfDeed = "", kind = "syscall"] = category.split(".");
  const unused = marks.includes("x");
  return {
    code,
    name: unused ? "NA" : name,
    category: unused ? "unknown" : kindOfDeed,
    kind: kind as EventKind,
    exit: code % 2 === 1,
    parameters: words.map(parameter),
    makesDescriptor: marks.includes("c"),
    endsDescriptor: marks.includes("d"),
    usesDescriptor: marks.includes("u"),
    reads: marks.includes("r"),
    writes: marks.includes("w"),
    changesState: marks.includes("m"),
    old: marks.includes("o"),
    unused,
    largeLengths: marks.includes("l"),
    notOfItsThread: marks.includes("s"),
  };
}

function pair(line: string): EventType[] {
  const [head = "", enter = "x", exit = "x"] = line.split(" | ");
  const [code = "", name = "", category = ""] = head.split(" ");
  return [side(Number(code), name, category, enter), side(Number(code) + 1, name, category, exit)];
}

/** By code. */
export const eventTypes: readonly EventType[] = eventLines.trim().split("\n").flatMap(pair);

/** Undefined for a code that is newer than the table, or no code at all. */
export function eventType(code: number): EventType | undefined {
  return eventTypes[code];
}

const byName = new Map<string, number[]>();
for (const { code, name, unused } of eventTypes) {
  if (unused) continue;
  const codes = byName.get(name);
  if (codes === undefined) byName.set(name, [code]);
  else codes.push(code);
}

/** All codes of one name, old ones and starts of system calls among them; empty for a name that no event has. */
export function codesOfName(name: string): readonly number[] {
  return byName.get(name) ?? [];
}

/** Names of events, each once, in the order of the table. */
export function eventNames(): IterableIterator<string> {
  return byName.keys();
}

/** Index of a parameter; -1 where the type has none of that name. */
export function parameterIndex(type: EventType, name: string): number {
  return type.parameters.findIndex((parameter) => parameter.name === name);
}
