/** An evaluation that was kept, as it is at another moment and under another policy: what was found is the same. */
import type { Category } from "./category.ts";
import type { Evaluation } from "./evaluation.ts";
import { exceptionsFor } from "./exception.ts";
import type { Finding } from "./finding.ts";
import { type Policy, thresholdOf } from "./policy.ts";
import { compareFindings, isOverThreshold, reachVerdict, staleGap } from "./runner.ts";

/**
 * Pure. Findings that an exception took out come back where that one has ended or is not in this policy; what statements (VEX)
 * dismissed stays dismissed, as those are no part of a policy. A validity that is over makes unknown what does not fail.
 *
 * @param category - of the check, by which its threshold goes
 */
export function rejudge(
  evaluation: Evaluation,
  category: Category,
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): Evaluation {
  const threshold = thresholdOf(policy, category);
  const dismissed = evaluation.excepted.filter(({ exception }) => exception.expires === undefined);
  const drafts = [
    ...evaluation.findings,
    ...evaluation.excepted.flatMap(({ finding, exception }) => (exception.expires === undefined ? [] : [finding])),
  ];
  const findings: Finding[] = [];
  const excepted: Evaluation["excepted"][number][] = [...dismissed];
  let exceptionFor: ReturnType<typeof exceptionsFor> | undefined;
  for (const draft of drafts) {
    exceptionFor ??= exceptionsFor(evaluation.asset, policy.exceptions, now);
    const finding = { ...draft, overThreshold: isOverThreshold(draft, policy, threshold) };
    const exception = exceptionFor(draft);
    if (exception === undefined) findings.push(finding);
    else excepted.push({ finding, exception });
  }
  findings.sort(compareFindings);
  const gaps = withStale(evaluation, now);
  // Without a gap and without a finding it was never judged: nothing speaks for a pass.
  const isJudgeable = evaluation.verdict !== "unknown" || gaps.length + drafts.length + dismissed.length > 0;
  const { verdict, reason } = reachVerdict(findings, gaps, isJudgeable, policy, threshold);
  return { ...evaluation, verdict, reason, findings, excepted, gaps };
}

function withStale({ gaps, validUntil, observedAt }: Evaluation, now: Date): Evaluation["gaps"] {
  // Negated, so that a date that cannot be read counts as over.
  if (validUntil === undefined || Date.parse(validUntil) >= now.getTime()) return gaps;
  if (gaps.some(({ code }) => code === "evidence.stale")) return gaps;
  return [...gaps, staleGap("evidence", observedAt, validUntil, undefined, now)];
}
