/** What fields ask of an event's type, by code, in rows: no look-up of names while events pass. */
import { codes } from "../types/codes.ts";
import { type EventType, eventTypes, parameterIndex } from "../types/table.ts";

function row(holds: (type: EventType) => boolean): Uint8Array {
  return Uint8Array.from(eventTypes, (type) => (holds(type) ? 1 : 0));
}

/** It makes, uses or ends a descriptor: only then there are `fd.` fields. */
export const touchesDescriptor = row((type) => type.makesDescriptor || type.usesDescriptor || type.endsDescriptor);
export const reads = row((type) => type.reads);
export const writes = row((type) => type.writes);
export const moves = row((type) => /^io_/.test(type.category));
export const waits = row((type) => type.category === "wait" || type.category === "sleep");
export const isSyscall = row((type) => type.kind === "syscall" && !type.unused);
export const isMeta = row((type) => type.kind === "metaevent");

/** Events that open a path. Of `creat` nothing says how: it has no flags. */
const opening: readonly number[] = [codes.open, codes.openat, codes.openat2, codes.open_by_handle_at];

function openRow(parameter: string): Int8Array {
  return Int8Array.from(eventTypes, (type) => (opening.includes(type.code) ? parameterIndex(type, parameter) : -1));
}

/** Index of the flags that a path is opened with, and of the mode that it gets; -1 where there is none. */
export const openFlagsAt = openRow("flags");
export const openModeAt = openRow("mode");
