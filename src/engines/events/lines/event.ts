/** Events of lines: `{ event: openat, args: { name: /etc/shadow, flags: O_RDONLY } }`. */
import { nearest } from "../../../core/nearest.ts";
import type { SyscallEvent } from "../event.ts";
import { codes } from "../types/codes.ts";
import { fillEvent, type ParameterValue } from "../types/encode.ts";
import { syscallByName, syscalls } from "../types/syscalls.ts";
import { type EventType, eventTypes, parameterIndex } from "../types/table.ts";
import { isObject, LineError, type Shape } from "./shape.ts";
import { FROM_CWD, parameterValue } from "./values.ts";

/** Longest name of a thread that the kernel keeps. */
const COMM_BYTES = 15;

/** A descriptor that a call made which does not say which. */
const FIRST_DESCRIPTOR = 3;

/**
 * Makes `event` what the line says. Of a call that does not say how it ended it is taken that it succeeded.
 *
 * @param shape - the line
 * @param tid - of the thread that did it
 * @throws LineError
 */
export function readEventLine(shape: Shape, event: SyscallEvent, pid: number, tid: number): void {
  const { type, id } = typeOf(shape.value("event"));
  const given = shape.value("args") ?? {};
  if (!isObject(given)) throw new LineError("args is not an object");
  const unknown = Object.keys(given).find((name) => !type.parameters.some((parameter) => parameter.name === name));
  if (unknown !== undefined) {
    const names = type.parameters.map(({ name }) => name);
    const near = nearest(unknown, names);
    const has = near === undefined ? `it has ${names.join(", ") || "none"}` : `did you mean ${near}?`;
    throw new LineError(`${type.name} has no parameter ${unknown}, ${has}`);
  }
  const values: Record<string, ParameterValue> = usual(type, pid, tid, given);
  if (id !== undefined) values.ID = id;
  for (const parameter of type.parameters)
    if (Object.hasOwn(given, parameter.name))
      values[parameter.name] = parameterValue(parameter, given[parameter.name], `args.${parameter.name}`);
  if (type.code === codes.execve || type.code === codes.execveat) ofProgram(type, values, given);
  try {
    fillEvent(event, type.code, values);
  } catch (error) {
    throw new LineError(`args: ${error instanceof Error ? error.message : "a value does not fit"}`);
  }
}

/** Today's type of that name; a system call without one of its own is the event `syscall` with its id. */
function typeOf(name: unknown): { type: EventType; id?: number } {
  if (typeof name !== "string") throw new LineError("event is not a name");
  const own =
    name === "syscall"
      ? codes.generic
      : Object.hasOwn(codes, name) && name !== "generic"
        ? codes[name as keyof typeof codes]
        : undefined;
  const syscall = syscallByName(name);
  const code = own ?? syscall?.code;
  const type = code === undefined ? undefined : eventTypes[code];
  if (type !== undefined)
    return own === undefined && code === codes.generic ? { type, id: syscall?.id ?? 0 } : { type };
  const near = nearest(name, [...Object.keys(codes), ...syscalls.map((each) => each.name)]);
  throw new LineError(`no event is named ${name}${near === undefined ? "" : `, did you mean ${near}?`}`);
}

/** What a line need not say. */
function usual(
  type: EventType,
  pid: number,
  tid: number,
  given: Readonly<Record<string, unknown>>,
): Record<string, ParameterValue> {
  const values: Record<string, ParameterValue> = {};
  for (const { name, type: kind } of type.parameters) {
    if (Object.hasOwn(given, name)) continue;
    if (name === "res" && kind === "errno") values.res = 0;
    else if ((name === "fd" || name === "res") && kind === "fd" && type.makesDescriptor)
      values[name] = FIRST_DESCRIPTOR;
    else if (kind === "fd" && name.endsWith("dirfd")) values[name] = FROM_CWD;
  }
  if (type.code !== codes.execve && type.code !== codes.execveat) return values;
  return { ...values, pid, tid };
}

/** A new program is named after its file, and its first argument is the file unless it says another. */
function ofProgram(
  type: EventType,
  values: Record<string, ParameterValue>,
  given: Readonly<Record<string, unknown>>,
): void {
  const text = (name: string): string | undefined => (typeof values[name] === "string" ? values[name] : undefined);
  const path = text("trusted_exepath") ?? text("filename") ?? text("exe");
  if (path === undefined) return;
  const usualValues = {
    filename: path,
    exe: path,
    trusted_exepath: path.startsWith("/") ? path : undefined,
    comm: (path.split("/").at(-1) ?? "").slice(0, COMM_BYTES),
    args: "",
  };
  for (const [name, value] of Object.entries(usualValues))
    if (!Object.hasOwn(given, name) && parameterIndex(type, name) !== -1) values[name] ??= value;
}
