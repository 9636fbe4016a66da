/** Paths that an event names in its parameters, joined to the directory that they start from. */
import type { SyscallEvent } from "../event.ts";
import { joinPath } from "../state/paths.ts";
import { codes } from "../types/codes.ts";
import { signedAt, textAt } from "../types/parameters.ts";
import { type EventType, eventTypes, parameterIndex } from "../types/table.ts";
import { directoryOf } from "./argument-text.ts";

/** A path among the parameters of one event type. */
export interface EventPath {
  /** Index of the path. */
  readonly path: number;
  /** Index of the descriptor of the directory that it starts from; -1: the working directory. */
  readonly directory: number;
}

/** @throws Error where the type has no such parameter: a mistake of this program */
export function eventPath(code: number, name: string): EventPath {
  const type = eventTypes[code] as EventType;
  const path = parameterIndex(type, name);
  if (path < 0) throw new Error(`${type.name} has no parameter ${name}`);
  return { path, directory: type.parameters[path]?.directory ?? -1 };
}

/** As it was passed to the kernel. */
export function rawPath(event: SyscallEvent, { path }: EventPath): string | undefined {
  return textAt(event, path);
}

/** From the root, without `.` and `..`. Undefined where the path could not be read or nothing tells of the thread. */
export function wholePath(event: SyscallEvent, { path, directory }: EventPath): string | undefined {
  const raw = textAt(event, path);
  const { thread } = event;
  if (raw === undefined || raw === "<NA>") return raw;
  if (raw.startsWith("/")) return joinPath("", raw);
  if (thread === undefined) return undefined;
  return joinPath(directoryOf(thread, directory < 0 ? undefined : signedAt(event, directory)), raw);
}

const opened = new Map(
  [codes.open, codes.creat, codes.openat, codes.openat2].map((code): [number, EventPath] => [
    code,
    eventPath(code, "name"),
  ]),
);
opened.set(codes.open_by_handle_at, eventPath(codes.open_by_handle_at, "path"));

/** The path that an event opens, whether that came through or not. */
export function openedPath(event: SyscallEvent): string | undefined {
  const path = opened.get(event.code);
  return path === undefined ? undefined : wholePath(event, path);
}

export function openedRawPath(event: SyscallEvent): string | undefined {
  const path = opened.get(event.code);
  return path === undefined ? undefined : rawPath(event, path);
}
