/** Evaluations that do not pass, as the policy of a namespace takes them: one outcome for each thing that is wrong. */

import type { Action } from "../../core/enforcement.ts";
import { actions } from "../../core/enforcement.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { least } from "../../core/extremes.ts";
import type { Finding } from "../../core/finding.ts";
import { compareText } from "../../core/order.ts";
import { severityRank } from "../../core/severity.ts";
import type { GuardPolicy, Outcome } from "./model.ts";

/** Outcomes of one evaluation that are told one by one. */
const OF_ONE = 20;

export interface OutcomeContext {
  readonly policy: GuardPolicy;
  /** `spec.containers[0].image` and the image there, of evaluations that are about one. */
  readonly image?: { readonly field: string; readonly reference: string };
  /** Somebody answers for everything that makes it unknown. */
  isAccepted(evaluation: Evaluation): boolean;
  /** Nothing stricter comes of any of them; absent: what the policy says. */
  readonly most?: Action;
}

export function outcomesOf(evaluation: Evaluation, context: OutcomeContext): Outcome[] {
  const { verdict } = evaluation;
  if (verdict === "pass") return [];
  const { policy, image } = context;
  const stated = policy.actionOf(evaluation);
  const action = looser(looser(stated, context.most ?? "deny"), capOf(evaluation, context));
  const place = policy.placeOf(evaluation);
  const common = {
    check: evaluation.check,
    verdict,
    action,
    ...(place === undefined ? {} : { place }),
    evaluation,
  } as const;
  const about = image === undefined ? {} : { image: image.reference, field: image.field };
  if (verdict === "unknown") {
    const remedy = evaluation.gaps.find((gap) => gap.remedy !== undefined)?.remedy;
    return [{ ...common, ...about, message: evaluation.reason, ...(remedy === undefined ? {} : { fix: remedy }) }];
  }
  const over = evaluation.findings.filter(({ overThreshold }) => overThreshold);
  return over.slice(0, OF_ONE).map((finding) => {
    const field = fieldOf(finding);
    return {
      ...common,
      ...(field === undefined ? {} : { field }),
      ...about,
      message: finding.title,
      ...(finding.fix === undefined ? {} : { fix: finding.fix.text }),
    };
  });
}

/** Worst first: by action, then fails before unknowns, then severity, then by place. */
export function compareOutcomes(a: Outcome, b: Outcome): number {
  return (
    actions.indexOf(b.action) - actions.indexOf(a.action) ||
    Number(a.verdict === "unknown") - Number(b.verdict === "unknown") ||
    rankOf(a) - rankOf(b) ||
    compareText(a.field ?? "", b.field ?? "") ||
    compareText(a.check, b.check)
  );
}

function rankOf({ evaluation }: Outcome): number {
  return least(
    evaluation.findings.map(({ severity }) => severityRank(severity)),
    100,
  );
}

export function fieldOf({ locations: [location] }: Pick<Finding, "locations">): string | undefined {
  return location.kind === "object" ? location.field : undefined;
}

/**
 * Gaps of what this answer does not decide: what a controller adds is asked about with the pod that it makes, the rest of the
 * cluster was not looked at, and by its own policies the API server decides itself. Nothing is refused for them.
 */
const ASKED_ELSEWHERE: ReadonlySet<string> = new Set([
  "kubernetes.pod-not-stated",
  "kubernetes.around",
  "admission.policy-elsewhere",
]);

function capOf(evaluation: Evaluation, { isAccepted }: OutcomeContext): Action {
  const { verdict, gaps } = evaluation;
  if (verdict !== "unknown") return "deny";
  if (gaps.length > 0 && gaps.every(({ code }) => ASKED_ELSEWHERE.has(code))) return "audit";
  return isAccepted(evaluation) ? "audit" : "deny";
}

function looser(one: Action, other: Action): Action {
  return actions.indexOf(one) < actions.indexOf(other) ? one : other;
}
