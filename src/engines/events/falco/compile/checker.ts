/** What the loader of rule files asks of fields and literals. */
import type { AuditEvent } from "../../audit/model.ts";
import type { SyscallEvent } from "../../event.ts";
import type { EventSource } from "../../model.ts";
import type { Condition } from "../model.ts";
import { compileCondition, type Vocabulary } from "./condition.ts";
import { unknownEventType } from "./event-names.ts";
import type { ConditionFault } from "./fault.ts";
import type { FieldFinder } from "./operands.ts";
import { auditVocabulary, syscallVocabulary } from "./sources.ts";

export interface SourceFields {
  readonly syscall: FieldFinder<SyscallEvent>;
  readonly k8s_audit: FieldFinder<AuditEvent>;
}

interface Checked {
  readonly fault?: ConditionFault;
  /** How many types of events it can hold for. */
  readonly types?: number;
  readonly warnings?: readonly { readonly message: string; readonly at: number }[];
}

export interface Checker {
  condition(condition: Condition, source: EventSource): Checked;
  isField(text: string, source: EventSource): boolean;
}

export function ruleChecker(fields: SourceFields): Checker {
  const syscall = syscallVocabulary(fields.syscall);
  const audit = auditVocabulary(fields.k8s_audit);
  return {
    condition: (condition, source) => (source === "syscall" ? checked(condition, syscall) : checked(condition, audit)),
    isField: (text, source) => !("problem" in fields[source].find(text)),
  };
}

function checked<Event>(condition: Condition, vocabulary: Vocabulary<Event>): Checked {
  const result = compileCondition(condition, vocabulary);
  if ("fault" in result) return { fault: result.fault };
  const unknown = unknownEventType(condition, vocabulary.types);
  if (unknown !== undefined) return { fault: unknown };
  return { types: result.compiled.codes.size, warnings: result.compiled.warnings };
}
