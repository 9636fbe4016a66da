/** Which events of a capture each rule matches here: all of them, each for itself. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { CaptureReader } from "../../src/engines/events/capture/read.ts";
import { ruleChecker } from "../../src/engines/events/falco/compile/checker.ts";
import { compileRules } from "../../src/engines/events/falco/compile/compile.ts";
import { syscallSubject, syscallVocabulary } from "../../src/engines/events/falco/compile/sources.ts";
import { loadRules } from "../../src/engines/events/falco/load.ts";
import type { CollectedRule, RuleText } from "../../src/engines/events/falco/model.ts";
import { typeName } from "../../src/engines/events/fields/evt.ts";
import { fieldsOf } from "../../src/engines/events/fields/sources.ts";
import { Machine } from "../../src/engines/events/state/machine.ts";
import { codes } from "../../src/engines/events/types/codes.ts";
import { eventType } from "../../src/engines/events/types/table.ts";

/** Those of system calls, each of them on. @throws Error with the first that is wrong with the files */
export function loadEnabled(files: readonly RuleText[]): readonly CollectedRule[] {
  const checker = ruleChecker({ syscall: fieldsOf("syscall"), k8s_audit: fieldsOf("k8s_audit") });
  const { rules, errors } = loadRules(files, { checker });
  const [error] = errors;
  if (error !== undefined) throw new Error(error.message);
  return rules.filter(({ source }) => source === "syscall").map((rule) => ({ ...rule, enabled: true }));
}

/** Rules of files that stand for themselves, named with their file; those of files that do not load are left out. */
export function loadEach(files: readonly RuleText[]): readonly CollectedRule[] {
  const rules = files.flatMap((file) => {
    try {
      return loadEnabled([file]).map((rule) => ({ ...rule, name: `${file.name}: ${rule.name}` }));
    } catch {
      return [];
    }
  });
  return rules.map((rule, index) => ({ ...rule, index }));
}

/** @returns by the name of a rule the events that it matched, in their order: seconds, nanoseconds, thread and name */
export function matchedByUs(capture: string, rules: readonly CollectedRule[]): ReadonlyMap<string, readonly string[]> {
  const fields = fieldsOf("syscall");
  const { detector, faults } = compileRules(rules, {
    ...syscallVocabulary(fields),
    subject: syscallSubject(fields),
    matching: "all",
    render: () => () => ({ text: "", fields: {} }),
  });
  const [fault] = faults;
  if (fault !== undefined) throw new Error(fault.message);
  const matched = new Map<string, string[]>(rules.map(({ name }) => [name, []]));
  const machine = new Machine((event) => {
    const count = detector.evaluate(event);
    if (count === 0 || event.code % 2 === 0) return;
    const name = event.code === codes.generic ? "syscall" : (eventType(event.code)?.name ?? typeName(event));
    const key = `${event.seconds}.${event.nanoseconds} ${event.tid} ${name}`;
    for (const rule of detector.matched.slice(0, count)) matched.get(rule.name)?.push(key);
  });
  const reader = new CaptureReader(capture, machine);
  const bytes = readFileSync(capture);
  reader.push(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
  reader.end();
  return matched;
}
