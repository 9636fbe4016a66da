/** The policy itself under review: its exceptions, held against what a run found. */
import { policyChecks } from "../../checks/lists/policy.ts";
import type { PolicyFacts } from "../../checks/subjects/policy.ts";
import { fileAsset } from "../../core/asset.ts";
import type { CheckIdentity } from "../../core/check.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Evaluations } from "../../core/evaluations.ts";
import { present } from "../../core/evidence.ts";
import { type RunExtent, usesOf } from "../../core/exception-use.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks, type SubjectEvidence } from "../../core/runner.ts";

/**
 * All evaluations of the policy file that held for a run; none where there was no file, and none for a run over one
 * named thing where the file has no exceptions.
 *
 * @param evaluations - everything else that the run judged, before a baseline sets anything apart
 * @param context.checks - all that there are: an exception may name one that had nothing to judge
 */
export function evaluatePolicy(
  policy: Policy,
  evaluations: Evaluations,
  {
    now,
    extent,
    checks,
  }: { readonly now: Date; readonly extent: RunExtent; readonly checks: readonly CheckIdentity[] },
): Evaluation[] {
  const { origin, exceptions } = policy;
  if (origin.kind === "default" || (extent === "named" && exceptions.length === 0)) return [];
  const asset = fileAsset(origin.kind === "tree" ? origin.path : origin.name);
  const observed = now.toISOString();
  const uses = (seen: Iterable<Evaluation>) => usesOf(seen, exceptions, { now, checks, extent });

  function judge(evidence: SubjectEvidence<PolicyFacts>): Evaluation[] {
    return policyChecks.flatMap((check) => {
      // One that names no check could take itself out.
      const own = { ...policy, exceptions: exceptions.filter(({ ids }) => namesCheck(ids, check.id)) };
      return runChecks<PolicyFacts>([check], evidence, { asset, policy: own, now });
    });
  }

  const judged = judge({ policy: present(policy, observed), uses: present(uses(evaluations), observed) });
  return [...judged, ...judge({ allUses: present(uses(both(evaluations, judged)), observed) })];
}

function* both(first: Iterable<Evaluation>, second: Iterable<Evaluation>): Generator<Evaluation> {
  yield* first;
  yield* second;
}

function namesCheck(ids: readonly string[], check: string): boolean {
  return ids.some((id) => id.toLowerCase() === check);
}
