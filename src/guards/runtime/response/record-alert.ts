/** A response as an alert of no rule, so that outputs tell of it as of all others. */
import type { Alert } from "../../../engines/events/model.ts";
import { responseLine } from "../../../report/runtime/responses.ts";
import type { ResponseOutcome, ResponseRecord } from "./model.ts";

/** As exceptions name it. No response is to alerts of it. */
export const RESPONSE_RULE = "Response";

/** What was meant to be done and was not is worse than what was done. */
const NOT_DONE: ReadonlySet<ResponseOutcome> = new Set(["failed", "limited"]);

export function responseAlert(record: ResponseRecord): Alert {
  const { id, time, node, rule, workload, action, target, outcome, reason, undoCommand } = record;
  const at = BigInt(Date.parse(time)) * 1_000_000n;
  return {
    rule: RESPONSE_RULE,
    detector: "bulkhead",
    priority: NOT_DONE.has(outcome) ? "WARNING" : "NOTICE",
    severity: NOT_DONE.has(outcome) ? "medium" : "low",
    source: "other",
    tags: [],
    output: responseLine(record),
    fields: {
      "response.id": id,
      "response.rule": rule,
      "response.workload": workload,
      "response.action": action,
      "response.target": target,
      "response.outcome": outcome,
      "response.reason": reason ?? null,
      "response.undo": undoCommand ?? null,
    },
    count: 1,
    first: at,
    last: at,
    about: { host: node },
    subject: `${action} ${target}: ${outcome}`,
    description: "What was done about an alert, by the policy's runtime.responses.",
  };
}
