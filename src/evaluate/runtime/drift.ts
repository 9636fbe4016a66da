/** What ran in a workload's containers, evaluated beside their image. */
import { driftChecks } from "../../checks/lists/drift.ts";
import type { DriftFacts } from "../../checks/subjects/runtime.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { AlertSubject } from "../../engines/events/model.ts";
import { assetOf } from "./assets.ts";

/**
 * @param about - the workload, as an alert about it would name it
 * @param gaps - why more may have run than what is known of
 */
export function evaluateDrift(
  about: AlertSubject,
  drift: DriftFacts["drift"],
  gaps: readonly Gap[],
  { policy, now, observedAt }: { readonly policy: Policy; readonly now: Date; readonly observedAt: string },
): Evaluation[] {
  const facts = { drift: present(drift, observedAt, { gaps }) };
  return runChecks<DriftFacts>(driftChecks, facts, { asset: assetOf(about), policy, now });
}
