/** The way from a commit to what runs, judged where two layers have to fit. */
import { lifecycleChecks } from "../../checks/lists/lifecycle.ts";
import type { LifecycleFacts } from "../../checks/subjects/lifecycle.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { runChecks } from "../../core/runner.ts";
import { splitListGaps } from "../kubernetes/list-gaps.ts";
import { type Admitted, admittedBy } from "./admission.ts";
import { lifecycleEvidence } from "./facts.ts";
import type { LifecycleInput } from "./input.ts";

/** None of what there is nothing of, and of what nobody knows the other side. */
export function evaluateLifecycle(
  input: LifecycleInput,
  admitted: Admitted = admittedBy(splitListGaps(input.manifests)),
): Evaluation[] {
  const { policy, now } = input;
  const asset: Asset = { kind: "file", id: "lifecycle", lineage: "lifecycle", name: "lifecycle" };
  return runChecks<LifecycleFacts>(lifecycleChecks, lifecycleEvidence(input, admitted), { asset, policy, now });
}
