/** What the two sources of events bring to the compiler. */
import type { AuditEvent } from "../../audit/model.ts";
import type { SyscallEvent } from "../../event.ts";
import { codes } from "../../types/codes.ts";
import { syscallByName } from "../../types/syscalls.ts";
import { codesOfName, eventType, eventTypes } from "../../types/table.ts";
import type { Subject } from "./compile.ts";
import type { Vocabulary } from "./condition.ts";
import { type EventTypes, oneType } from "./event-types.ts";
import type { FieldFinder } from "./operands.ts";

/** Events that carry their name: of them only some have one that a condition asks for. */
const carryTheirName: ReadonlySet<number> = new Set([codes.generic, codes.generic - 1, codes.asyncevent]);

const told = eventTypes.filter(({ unused }) => !unused);

const syscallTypes: EventTypes = {
  codes: told.map(({ code }) => code),
  live: told.filter(({ old }) => !old).map(({ code }) => code),
  codesOf(name) {
    const own = codesOfName(name);
    if (own.length > 0) return name === "container" ? [...own, codes.asyncevent] : own;
    return syscallByName(name)?.code === codes.generic ? [codes.generic - 1, codes.generic] : [];
  },
  nameOf: (code) => (carryTheirName.has(code) ? undefined : eventType(code)?.name),
};

export function syscallVocabulary(fields: FieldFinder<SyscallEvent>): Vocabulary<SyscallEvent> {
  return { source: "syscall", fields, types: syscallTypes };
}

export function auditVocabulary(fields: FieldFinder<AuditEvent>): Vocabulary<AuditEvent> {
  return { source: "k8s_audit", fields, types: oneType };
}

/** @param fields - those that the rules are compiled with: of them `fd.name` is what paths are remembered by */
export function syscallSubject(fields: FieldFinder<SyscallEvent>): Subject<SyscallEvent> {
  const found = fields.find("fd.name");
  const name = "problem" in found ? undefined : found.field.bind(found.argument);
  return {
    code: (event) => event.code,
    thread: (event) => event.thread,
    path(event) {
      const { descriptor } = event;
      // Other things than files have names that are new nearly each time.
      if (descriptor !== undefined && descriptor.kind !== "file") return undefined;
      const value = name?.(event);
      if (typeof value !== "string") return undefined;
      // What was not opened is no file yet; no path has a zero in it.
      return descriptor === undefined ? `\0${value}` : value;
    },
  };
}

export const auditSubject: Subject<AuditEvent> = { code: () => 0 };
