/** Evaluations that do not pass, as a policy takes them at a pull: one outcome for each thing that is wrong. */

import { isAccepted, unknownsAccepted } from "../../../core/accepted-unknown.ts";
import { type Action, actions } from "../../../core/enforcement.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { least } from "../../../core/extremes.ts";
import type { Finding } from "../../../core/finding.ts";
import { compareText } from "../../../core/order.ts";
import { severityRank } from "../../../core/severity.ts";
import type { Outcome, RegistryPolicy } from "../model.ts";
import { bounds } from "./bounds.ts";

/** Worst first: by action, then fails before unknowns, then severity. */
export function outcomesOf(evaluations: readonly Evaluation[], policy: RegistryPolicy, now: Date): readonly Outcome[] {
  const { unknown: entries, exceptionLimits } = policy.policy;
  const acceptedOf = unknownsAccepted({ codes: [], entries, now, maxDays: exceptionLimits.maxDays });
  const ranked = evaluations.flatMap((evaluation) => {
    const accepted = evaluation.verdict === "unknown" ? acceptedOf(evaluation) : [];
    const stated = policy.pullAction(evaluation);
    // Somebody answers for everything that makes it unknown.
    const action = isAccepted({ ...evaluation, accepted }) ? "audit" : stated;
    const place = policy.placeOf(evaluation);
    return outcomesOfOne(evaluation, action, place).map((outcome) => ({ outcome, rank: rankOf(evaluation) }));
  });
  const order = (action: Action) => actions.indexOf(action);
  return ranked
    .sort(
      (a, b) =>
        order(b.outcome.action) - order(a.outcome.action) ||
        Number(a.outcome.verdict === "unknown") - Number(b.outcome.verdict === "unknown") ||
        a.rank - b.rank ||
        compareText(a.outcome.check, b.outcome.check) ||
        compareText(a.outcome.message, b.outcome.message),
    )
    .map(({ outcome }) => outcome);
}

function outcomesOfOne(evaluation: Evaluation, action: Action, place: string | undefined): Outcome[] {
  const { check, verdict, reason, gaps, findings } = evaluation;
  const stated = place === undefined ? {} : { place };
  if (verdict === "pass") return [];
  if (verdict === "unknown") {
    const remedy = gaps.find((gap) => gap.remedy !== undefined)?.remedy;
    return [{ check, verdict, action, message: reason, ...(remedy === undefined ? {} : { fix: remedy }), ...stated }];
  }
  const over = findings.filter(({ overThreshold }) => overThreshold);
  return over.slice(0, bounds.outcomes).map((finding) => ({
    check,
    verdict,
    action,
    message: messageOf(finding),
    ...(finding.fix === undefined ? {} : { fix: finding.fix.text }),
    ...stated,
  }));
}

/** `critical: CVE-2026-1: curl sends credentials to other hosts`, `high: Private key, in srv/deploy.key` */
function messageOf({ title, severity, matches: { ids, path } }: Finding): string {
  const [id] = ids;
  // A check's own name says nothing to whoever reads this.
  const named = id === undefined || id.includes("/") || title.includes(id) ? "" : `${id}: `;
  const where = path === undefined || named !== "" || title.includes(path) ? "" : `, in ${path}`;
  const rated = title.toLowerCase().startsWith(severity) ? "" : `${severity}: `;
  return `${rated}${named}${title}${where}`;
}

function rankOf({ findings }: Evaluation): number {
  return least(
    findings.map(({ severity }) => severityRank(severity)),
    100,
  );
}
