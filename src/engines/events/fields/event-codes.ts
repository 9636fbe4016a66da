/** What fields ask of an event's type, by code, in rows: no look-up of names while events pass. */
import { codes } from "../types/codes.ts";
import { type EventType, eventTypes } from "../types/table.ts";

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

/** Events that open a path, with the index of the flags and of the mode; -1 for none. */
export const opens: ReadonlyMap<number, { readonly flags: number; readonly mode: number }> = new Map([
  [codes.open, { flags: 2, mode: 3 }],
  [codes.openat, { flags: 3, mode: 4 }],
  [codes.openat2, { flags: 3, mode: 4 }],
  [codes.open_by_handle_at, { flags: 2, mode: -1 }],
]);
