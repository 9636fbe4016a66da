/** What the evaluations of an upstream's image come to under a policy: one decision, with all that it rests on. */
import { actions } from "../../../core/enforcement.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { printable } from "../../../core/printable.ts";
import { Problem } from "../../../core/problem.ts";
import type { Decision, Outcome, Refusal, RegistryPolicy } from "../model.ts";

/** Worst first. */
export function outcomesOf(evaluations: readonly Evaluation[], policy: RegistryPolicy): readonly Outcome[] {
  const all = evaluations.flatMap((evaluation): Outcome[] => {
    const { verdict, check } = evaluation;
    if (verdict === "pass") return [];
    const action = policy.pullAction(evaluation);
    const place = policy.placeOf(evaluation);
    const over = evaluation.findings.filter(({ overThreshold }) => overThreshold);
    const common = { check, verdict, action, ...(place === undefined ? {} : { place }) };
    if (verdict === "unknown" || over.length === 0) {
      const remedy = evaluation.gaps.find((gap) => gap.remedy !== undefined)?.remedy;
      return [{ ...common, message: evaluation.reason, ...(remedy === undefined ? {} : { fix: remedy }) }];
    }
    return over.slice(0, OF_ONE).map(({ title, fix }) => ({
      ...common,
      message: title,
      ...(fix === undefined ? {} : { fix: fix.text }),
    }));
  });
  return all.sort(
    (a, b) =>
      actions.indexOf(b.action) - actions.indexOf(a.action) ||
      Number(a.verdict === "unknown") - Number(b.verdict === "unknown"),
  );
}

/** Findings of one evaluation that are told one by one. */
const OF_ONE = 5;

/** `fix: …`, `(bulkhead.yaml:14)`: as it is printed by clients, in one line. */
export function described({ message, fix, place }: Outcome): string {
  const where = place === undefined ? "" : ` (${place})`;
  return printable(`${message}${where}${fix === undefined ? "" : `; fix: ${fix}`}`);
}

export function allowed(
  basis: string,
  reason: string,
  more: Partial<Pick<Decision, "digest" | "outcomes" | "warnings">> = {},
): Decision {
  return { action: "allow", basis, reason, outcomes: [], warnings: [], ...more };
}

export function refused(
  reason: string,
  refusal: Pick<Refusal, "status" | "code" | "headers" | "detail"> & { readonly message?: string },
  more: Partial<Pick<Decision, "digest" | "outcomes">> = {},
): Decision {
  const { message = reason, ...rest } = refusal;
  return {
    action: "refuse",
    basis: "policy",
    reason,
    outcomes: [],
    warnings: [],
    ...more,
    refusal: { ...rest, message: printable(message) },
  };
}

/** What nobody could find out, so that there is nothing to serve. */
export function unavailable(name: string, problem: Problem): Decision {
  const { code, message, remedy } = problem;
  const reason = `${name} cannot be fetched: ${problem.place}: ${message}`;
  const outcome: Outcome = {
    check: "registry/upstream",
    verdict: "unknown",
    action: "deny",
    message: reason,
    ...(remedy === undefined ? {} : { fix: remedy }),
  };
  const detail = { upstream: name, problem: code };
  const told = remedy === undefined ? reason : `${reason} (${remedy})`;
  if (code === "registry.throttled" || code === BUSY) {
    const headers = { "Retry-After": String(secondsOf(problem)) };
    return refused(
      reason,
      { status: 429, code: "TOOMANYREQUESTS", headers, detail, message: told },
      { outcomes: [outcome] },
    );
  }
  return refused(reason, { status: 403, code: "DENIED", detail, message: told }, { outcomes: [outcome] });
}

/** More is fetched already than one replica takes on. */
export const BUSY = "registry.upstream-busy";

function secondsOf(problem: Problem): number {
  const wait = "waitMilliseconds" in problem ? problem.waitMilliseconds : undefined;
  const cause = problem.cause instanceof Problem ? problem.cause : undefined;
  if (typeof wait === "number") return Math.min(Math.max(Math.ceil(wait / 1_000), 1), 3_600);
  return cause === undefined ? 30 : secondsOf(cause);
}
