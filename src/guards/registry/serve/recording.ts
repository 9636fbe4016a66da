/** Every decision, counted and kept: in the metrics, the log and the store. */
import type { AuditLog } from "../../../store/model.ts";
import type { AuditEntry, Outcome } from "../model.ts";
import { auditRecord, logLine } from "./log-line.ts";
import type { Meters } from "./meters.ts";

export interface Decided {
  readonly entry: AuditEntry;
  readonly outcomes: readonly Outcome[];
  readonly milliseconds: number;
}

export interface RecordingOptions {
  readonly meters: Meters;
  /** Absent: none is kept there. */
  readonly audit?: Pick<AuditLog, "write">;
  readonly log?: { write(line: string): void };
}

/** What it is handed is written without waiting for it, and never throws for what it says. */
export function createRecording({ meters, audit, log }: RecordingOptions): (decided: Decided) => void {
  return ({ entry, outcomes, milliseconds }) => {
    const { operation, decision } = entry;
    meters.decisions.add(1, { operation, action: decision.action, basis: decision.basis });
    meters.seconds.observe(milliseconds / 1_000, { operation });
    for (const { check, verdict, action } of outcomes) meters.outcomes.add(1, { check, verdict, action });
    log?.write(logLine(entry));
    audit?.write(auditRecord(entry));
  };
}
