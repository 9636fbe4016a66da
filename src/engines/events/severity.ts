/** What a rule's priority comes to as a severity, for whoever judges by one policy. */
import type { RatedSeverity } from "../../core/severity.ts";
import type { Priority } from "./model.ts";

const severities: Readonly<Record<Priority, RatedSeverity>> = {
  EMERGENCY: "critical",
  ALERT: "critical",
  CRITICAL: "critical",
  ERROR: "high",
  WARNING: "medium",
  NOTICE: "low",
  INFORMATIONAL: "negligible",
  DEBUG: "negligible",
};

export function severityOfPriority(priority: Priority): RatedSeverity {
  return severities[priority];
}
