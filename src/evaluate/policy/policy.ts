/** The policy itself under review: its exceptions, held against what a run found. */
import { expiredException } from "../../checks/policy/expired-exception.ts";
import { tooBroadException } from "../../checks/policy/too-broad-exception.ts";
import { unusedException } from "../../checks/policy/unused-exception.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Check, CheckDescription, EvidenceFor } from "../../core/check.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { present } from "../../core/evidence.ts";
import { type RunExtent, usesOf } from "../../core/exception-use.ts";
import type { Policy } from "../../core/policy.ts";
import { runCheck } from "../../core/runner.ts";

/**
 * All evaluations of the policy file that held for a run; none where there was no file, and none for a run over one
 * named thing where the file has no exceptions.
 *
 * @param evaluations - everything else that the run judged, before a baseline sets anything apart
 * @param context.checks - all that there are: an exception may name one that had nothing to judge
 */
export function evaluatePolicy(
  policy: Policy,
  evaluations: readonly Evaluation[],
  {
    now,
    extent,
    checks,
  }: { readonly now: Date; readonly extent: RunExtent; readonly checks: readonly CheckDescription[] },
): Evaluation[] {
  const { origin, exceptions } = policy;
  if (origin.kind === "default" || (extent === "named" && exceptions.length === 0)) return [];
  const asset = fileAsset(origin.kind === "tree" ? origin.path : origin.name);
  const observed = now.toISOString();
  const uses = (seen: readonly Evaluation[]) => usesOf(seen, exceptions, { now, checks, extent });

  function judge<Facts extends object>(
    check: Check<Facts>,
    facts: EvidenceFor<Facts>,
    evidence: Readonly<Record<string, string>>,
  ): Evaluation {
    // One that names no check could take itself out.
    const own = { ...policy, exceptions: exceptions.filter(({ ids }) => namesCheck(ids, check.id)) };
    return runCheck(check, facts, { asset, policy: own, now, evidence });
  }

  const found = uses(evaluations);
  const judged = [
    judge(expiredException, { policy: present(policy, observed) }, { exceptions: String(exceptions.length) }),
    judge(
      tooBroadException,
      { limits: present(policy.exceptionLimits, observed), uses: present(found, observed) },
      { "exceptions in force": String(found.length) },
    ),
  ];
  const all = uses([...evaluations, ...judged]);
  const named = all.filter(({ findings }) => findings > 0).length;
  const looked = {
    "exceptions in force": String(all.length),
    used: String(named),
    "not judged": String(all.filter(({ judged: known }) => !known).length),
  };
  return [...judged, judge(unusedException, { uses: present(all, observed) }, looked)];
}

function namesCheck(ids: readonly string[], check: string): boolean {
  return ids.some((id) => id.toLowerCase() === check);
}
