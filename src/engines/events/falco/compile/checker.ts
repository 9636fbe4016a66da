/** What the loader of rule files asks of fields and literals. */
import type { AuditEvent } from "../../audit/model.ts";
import type { SyscallEvent } from "../../event.ts";
import type { EventSource } from "../../model.ts";
import type { Condition } from "../model.ts";
import { type CompileResult, compileCondition } from "./condition.ts";
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
    condition: (condition, source) =>
      source === "syscall"
        ? checked(compileCondition(condition, syscall))
        : checked(compileCondition(condition, audit)),
    isField: (text, source) => !("problem" in fields[source].find(text)),
  };
}

function checked<Event>(result: CompileResult<Event>): Checked {
  if ("fault" in result) return { fault: result.fault };
  return { types: result.compiled.codes.size, warnings: result.compiled.warnings };
}
