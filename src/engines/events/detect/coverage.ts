/** Which fields and types of events rules use: what an event source must bring for them. */

import { compileCondition } from "../falco/compile/condition.ts";
import { auditVocabulary, syscallVocabulary } from "../falco/compile/sources.ts";
import type { CollectedRule } from "../falco/model.ts";
import { parseOutput } from "../falco/output.ts";
import { fieldsOf } from "../fields/sources.ts";
import { eventType } from "../types/table.ts";

export interface RuleCoverage {
  readonly rule: string;
  /** Of the condition, sorted. */
  readonly fields: readonly string[];
  /** Of the output, sorted: what they lack does not keep the rule from firing. */
  readonly outputFields: readonly string[];
  /** Names of system calls and other events that it can hold for, sorted; none for sources without types. */
  readonly events: readonly string[];
}

export function coverageOf(rule: CollectedRule): RuleCoverage {
  const { name, source, condition } = rule;
  const { find } = fieldsOf(source);
  const compiled =
    source === "syscall"
      ? compileCondition(condition, syscallVocabulary(fieldsOf("syscall")))
      : compileCondition(condition, auditVocabulary(fieldsOf("k8s_audit")));
  const parsed = parseOutput(rule.output, (text) => !("problem" in find(text)));
  const shown = "parts" in parsed ? parsed.parts.flatMap((part) => (typeof part === "string" ? [] : [part.name])) : [];
  if ("fault" in compiled) return { rule: name, fields: [], outputFields: sorted(shown), events: [] };
  const { codes, fields } = compiled.compiled;
  return {
    rule: name,
    fields: sorted(
      fields.map(({ field, argument }) => (argument === undefined ? field.name : fieldText(field.name, argument))),
    ),
    outputFields: sorted(shown),
    events: source === "syscall" ? sorted([...codes].map((code) => eventType(code)?.name ?? String(code))) : [],
  };
}

function fieldText(name: string, argument: string): string {
  return name.endsWith(".") ? `${name}${argument}` : `${name}[${argument}]`;
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
