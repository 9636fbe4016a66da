/** What was done about an alert, as outputs tell it: an alert of its own, of no rule. */
import { responseLine } from "../../../report/runtime/responses.ts";
import type { AlertView } from "../../../report/runtime/view.ts";
import type { ResponseRecord } from "../response/model.ts";

export function responseAlert(record: ResponseRecord): AlertView {
  const { id, time, node, rule, workload, action, target, outcome, undoCommand } = record;
  const failed = outcome === "failed";
  return {
    first: time,
    last: time,
    count: 1,
    rule: "Response",
    detector: "bulkhead",
    priority: failed ? "ERROR" : "NOTICE",
    severity: failed ? "high" : "medium",
    source: "other",
    output: responseLine(record),
    fields: {
      "response.id": id,
      "response.action": action,
      "response.target": target,
      "response.outcome": outcome,
      "response.rule": rule,
      "response.undo": undoCommand ?? null,
    },
    tags: [],
    asset: workload,
    host: node,
    kubernetesUsers: [],
    after: [],
    state: "below",
  };
}
