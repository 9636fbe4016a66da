/** Short ways to write a field of the source `syscall`. */
import type { SyscallEvent } from "../event.ts";
import type { Thread } from "../state/thread.ts";
import type { Extract, Field, FieldType, Value } from "./field.ts";

export type SyscallField = Field<SyscallEvent>;
type More = Partial<Omit<SyscallField, "name" | "source" | "type" | "scope" | "bind">>;

/** A field without argument that is read from the event itself, or from what changes between events of one thread. */
export function ofEvent(
  name: string,
  type: FieldType,
  description: string,
  extract: Extract<SyscallEvent>,
  more: More = {},
): SyscallField {
  return { name, source: "syscall", type, scope: "event", description, bind: () => extract, ...more };
}

/**
 * A field without argument of the event's thread that stays what it is until the thread, or one above it, executes a program
 * or changes otherwise ({@link Thread.invalidate}). What changes more often, as the working directory, is {@link ofEvent}.
 */
export function ofThread(
  name: string,
  type: FieldType,
  description: string,
  read: (thread: Thread, event: SyscallEvent) => Value | undefined,
  more: More = {},
): SyscallField {
  const extract: Extract<SyscallEvent> = (event) => {
    const { thread } = event;
    return thread === undefined ? undefined : read(thread, event);
  };
  return { name, source: "syscall", type, scope: "thread", description, bind: () => extract, ...more };
}

/** A field that upstream defines and that nothing here tells: it loads, and is never there. */
export function untold(name: string, type: FieldType, description: string, more: More = {}): SyscallField {
  return { name, source: "syscall", type, scope: "constant", description, bind: () => nothing, ...more };
}

function nothing(): undefined {
  return undefined;
}

/** Whether a field is {@link untold}. */
export function isUntold(field: Field<never>): boolean {
  return field.scope === "constant" && field.bind("") === nothing;
}

/** An argument that is a number, checked by the registry before. */
export function indexOf(argument: string | undefined): number {
  return argument === undefined ? -1 : Number.parseInt(argument, 10);
}
