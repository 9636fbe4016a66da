/** A decision as one line of JSON: who wanted what, what was decided and why. No header and no body of a client stands in it. */
import { printable } from "../../../core/printable.ts";
import type { AuditEntry } from "../model.ts";
import { bounds } from "./bounds.ts";

/** What the log and the store's audit keep of a decision: small JSON whose texts have their bound. */
export function auditRecord({ time, principal, operation, repository, reference, decision }: AuditEntry) {
  const { action, basis, reason, digest, checks } = decision;
  const named = checks.slice(0, bounds.checks).map(text);
  return {
    time: time.toISOString(),
    principal: text(principal),
    operation: text(operation),
    repository: text(repository),
    ...(reference === undefined ? {} : { reference: text(reference) }),
    action,
    basis: text(basis),
    reason: text(reason),
    ...(digest === undefined ? {} : { digest }),
    ...(named.length === 0 ? {} : { checks: named }),
    ...(checks.length > named.length ? { moreChecks: checks.length - named.length } : {}),
  };
}

/** Without a line break, within its bound. */
export function logLine(entry: AuditEntry): string {
  const record = auditRecord(entry);
  const whole = JSON.stringify(record);
  if (whole.length <= bounds.lineCharacters) return whole;
  return JSON.stringify({ ...record, checks: undefined, moreChecks: entry.decision.checks.length });
}

function text(value: string): string {
  const shown = printable(value);
  if (shown.length <= bounds.textCharacters) return shown;
  return `${shown.slice(0, bounds.textCharacters - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
