/** One case run as its inputs say: rules loaded and selected, the capture replayed. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { readEventFile } from "../../src/collect/runtime/event-files.ts";
import { Problem } from "../../src/core/problem.ts";
import { createAuditDetection } from "../../src/engines/events/detect/audits.ts";
import { createSyscallDetection } from "../../src/engines/events/detect/syscalls.ts";
import { ruleChecker } from "../../src/engines/events/falco/compile/checker.ts";
import { loadRules } from "../../src/engines/events/falco/load.ts";
import type { CollectedRule, Diagnostic, LoadedRules } from "../../src/engines/events/falco/model.ts";
import { selectRules } from "../../src/engines/events/falco/select.ts";
import { fieldsOf } from "../../src/engines/events/fields/sources.ts";
import { type Alert, type Priority, priorities } from "../../src/engines/events/model.ts";
import type { Inputs } from "./cases.ts";

export interface Outcome {
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** How often each rule fired, and alerts of each priority. */
  readonly fired: ReadonlyMap<string, number>;
  readonly levels: ReadonlyMap<string, number>;
  /** The alerts' lines as Falco writes them. */
  readonly stdout: string;
  /** What a wrong use of options is answered with. */
  readonly refused?: string;
}

const checker = ruleChecker({ syscall: fieldsOf("syscall"), k8s_audit: fieldsOf("k8s_audit") });

/** All of several files; with the fields of both sources. */
export function loadFiles(paths: readonly string[]): LoadedRules {
  return loadRules(
    paths.map((path) => ({ name: basename(path), text: readFileSync(path, "utf8") })),
    { checker },
  );
}

export async function evaluate(inputs: Inputs): Promise<Outcome> {
  const loaded = loadFiles(inputs.rules);
  const { errors, warnings } = loaded;
  const fired = new Map<string, number>();
  const levels = new Map<string, number>();
  const lines: string[] = [];
  const outcome = { errors, warnings, fired, levels };
  if (errors.length > 0) return { ...outcome, stdout: "" };
  let rules: readonly CollectedRule[];
  try {
    const { disabled, disabledTags, tags } = inputs;
    const priority = priorityOf(inputs.priority);
    rules = selectRules(loaded.rules, { disabled, disabledTags, tags, ...(priority !== undefined && { priority }) });
  } catch (error) {
    if (error instanceof Problem) return { ...outcome, stdout: "", refused: `Error: ${error.message}` };
    throw error;
  }
  const options = {
    rules: { rules: rules.map((rule) => withPrefix(rule, inputs)), conditionOf: loaded.conditionOf },
    matching: "first" as const,
    wanted: new Set<string>(),
    onAlert(alert: Alert) {
      add(fired, alert.rule);
      add(levels, levelOf(alert.priority).toUpperCase());
      lines.push(inputs.json === undefined ? alert.output : jsonLine(alert, inputs.json));
    },
  };
  const syscalls = createSyscallDetection(options);
  const audits = createAuditDetection(options);
  const unexpected = (): never => {
    throw new Error("a case has no alerts of others");
  };
  const sinks = { syscalls: () => syscalls.sink, audits: () => audits.sink, alerts: unexpected };
  for (const path of [inputs.capture, inputs.audit]) if (path !== undefined) await readEventFile(path, sinks);
  syscalls.finish();
  return { ...outcome, stdout: lines.join("\n") };
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function priorityOf(text: string | undefined): Priority | undefined {
  return priorities.find((one) => one === text?.toUpperCase());
}

/** As Falco's lines name it. */
function levelOf(priority: Priority): string {
  return priority === "INFORMATIONAL" ? "Info" : `${priority.slice(0, 1)}${priority.slice(1).toLowerCase()}`;
}

/** The time and the priority that stand in front of each of Falco's lines, filled in as fields are. */
function withPrefix(rule: CollectedRule, { isoTime }: Inputs): CollectedRule {
  const time = isoTime ? "%evt.time.iso8601" : "%evt.time";
  return { ...rule, output: `${time}: ${levelOf(rule.priority)} ${rule.output}` };
}

function jsonLine({ rule, priority, tags, output, first }: Alert, wanted: NonNullable<Inputs["json"]>): string {
  return JSON.stringify({
    ...(wanted.output && { output }),
    priority: levelOf(priority),
    rule,
    ...(wanted.tags && { tags }),
    time: new Date(Number(first / 1_000_000n)).toISOString(),
  });
}
