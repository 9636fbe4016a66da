/** The public rules ready to be asked, and what counts what they say. */
import type { SyscallEvent } from "../../src/engines/events/event.ts";
import { ruleChecker } from "../../src/engines/events/falco/compile/checker.ts";
import { compileRules } from "../../src/engines/events/falco/compile/compile.ts";
import { syscallSubject, syscallVocabulary } from "../../src/engines/events/falco/compile/sources.ts";
import { loadRules } from "../../src/engines/events/falco/load.ts";
import type { CollectedRule, Detector, RuleText } from "../../src/engines/events/falco/model.ts";
import { fieldsOf } from "../../src/engines/events/fields/sources.ts";

/** As bytes are read from a file or a socket. */
const CHUNK = 1024 * 1024;

export function loadPublic(files: readonly RuleText[]): readonly CollectedRule[] {
  const checker = ruleChecker({ syscall: fieldsOf("syscall"), k8s_audit: fieldsOf("k8s_audit") });
  const { rules, errors } = loadRules(files, { checker });
  const [error] = errors;
  if (error !== undefined) throw new Error(error.message);
  // The whole set: what is off by default is asked too.
  return rules.map((rule) => ({ ...rule, enabled: true }));
}

export function detectorOf(rules: readonly CollectedRule[]): Detector<SyscallEvent> {
  const fields = fieldsOf("syscall");
  const { detector, faults } = compileRules(rules, {
    ...syscallVocabulary(fields),
    subject: syscallSubject(fields),
    matching: "first",
    render: () => () => ({ text: "", fields: {} }),
  });
  const [fault] = faults;
  if (fault !== undefined) throw new Error(fault.message);
  return detector;
}

/** Milliseconds of the processor. */
export function measured(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function push(reader: { push(bytes: Buffer): void }, bytes: Buffer): void {
  // A reader keeps what it is given.
  for (let at = 0; at < bytes.length; at += CHUNK) reader.push(Buffer.from(bytes.subarray(at, at + CHUNK)));
}

export interface Counting {
  readonly hear: (event: SyscallEvent) => void;
  events: number;
  found: number;
}

export function counting(detector: Detector<SyscallEvent>): Counting {
  const counted: Counting = {
    events: 0,
    found: 0,
    hear(event) {
      counted.events++;
      counted.found += detector.evaluate(event);
    },
  };
  return counted;
}
