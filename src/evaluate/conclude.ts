/**
 * The end of every run: the policy is held against what was found, every asset gets its authority, the baseline's findings
 * are set apart, each gets its basis and what the policy makes of it, and the exit code follows. One step, so that no caller can leave a part of it out.
 */
import { isAccepted, unknownsAccepted } from "../core/accepted-unknown.ts";
import { applyBaseline, type Baseline } from "../core/baseline.ts";
import { basisOf, type Tool } from "../core/basis.ts";
import type { CheckIdentity } from "../core/check.ts";
import { actionsUnder } from "../core/enforcement.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { EvaluationList, type Evaluations } from "../core/evaluations.ts";
import type { RunExtent } from "../core/exception-use.ts";
import { type Policy, policyDigest } from "../core/policy.ts";
import type { BaselineUse, ExitCode } from "../core/report.ts";
import { type RatedSeverity, reaches } from "../core/severity.ts";
import { type Authorities, authoritiesNamed, type Identities, identify } from "./identify.ts";
import { evaluatePolicy } from "./policy/policy.ts";

export interface ConcludeContext {
  readonly tool: Tool;
  readonly policy: Policy;
  readonly now: Date;
  readonly extent: RunExtent;
  /** All that there are: an exception may name one that had nothing to judge. */
  readonly checks: readonly CheckIdentity[];
  readonly baseline?: Baseline;
  readonly authorities: Authorities;
  /** Codes of gaps (`--accept-unknown`) that the exit code does not count. */
  readonly acceptUnknown?: readonly string[];
  /** Changes the exit code alone; absent: what the verdicts say. */
  readonly failOn?: RatedSeverity | "never";
}

export interface Conclusion {
  /** Without what the baseline has. */
  readonly evaluations: Evaluations;
  /** With it. */
  readonly found: Evaluations;
  readonly identities: Identities;
  readonly baseline?: BaselineUse;
  readonly exitCode: ExitCode;
}

/** @param scanned - before the policy itself is judged; a list is taken over */
export function conclude(scanned: Evaluations, context: ConcludeContext): Conclusion {
  const { policy, baseline, checks, failOn, authorities } = context;
  const found = scanned instanceof EvaluationList ? scanned : new EvaluationList(scanned);
  // A policy file is nothing that was to be judged by it.
  const nothing = found.length === 0;
  found.take(evaluatePolicy(policy, found, context));
  const identities = identify(found, authorities, finishing(context));
  const apart =
    baseline === undefined
      ? undefined
      : applyBaseline(found, baseline, {
          policy,
          checks,
          now: context.now,
          authorities: authoritiesNamed(authorities),
        });
  const evaluations = apart?.evaluations ?? found;
  return {
    evaluations,
    found,
    identities,
    ...(apart === undefined ? {} : { baseline: apart.use }),
    exitCode: exitCodeOf(evaluations, nothing, failOn),
  };
}

/** A check that nobody describes is one that the policy could not have named: it is denied. */
function finishing({
  tool,
  policy,
  checks,
  now,
  acceptUnknown: codes = [],
}: ConcludeContext): (evaluation: Evaluation) => Partial<Evaluation> {
  const basis = basisOf({ tool, policy: policyDigest(policy) });
  const actionOf = actionsUnder(policy.enforcement.ci);
  const actions = new Map(checks.map((check) => [check.id, actionOf(check)]));
  const acceptedOf = unknownsAccepted({ codes, entries: policy.unknown, now, maxDays: policy.exceptionLimits.maxDays });
  return (evaluation) => {
    const { check, verdict, findings, basis: before } = evaluation;
    const accepted = verdict === "pass" ? [] : acceptedOf(evaluation);
    const action = actions.get(check) ?? "deny";
    const enforced = action === "deny" || (verdict === "pass" && findings.length === 0);
    return {
      ...(enforced ? {} : { action }),
      ...(accepted.length === 0 ? {} : { accepted }),
      basis: basis(before),
    };
  };
}

/** Gaps of images that files name and that nobody built here or asked to pull. */
const named: ReadonlySet<string> = new Set(["image.not-built", "image.not-opened", "image.base-by-name"]);

/** An image that is named alone was not found: what is unknown of it is told, and a repository without images is complete. */
function isOnlyNamed({ asset, gaps }: Evaluation): boolean {
  // What is unknown without a gap is the severity of what was found.
  if (asset.kind !== "image" || asset.identifiedBy !== "reference" || gaps.length === 0) return false;
  return gaps.every(({ code }) => named.has(code));
}

/**
 * `1` beats `3`: what was found counts even where not everything was looked at. Where there was nothing to judge, nobody
 * knows more than before: that is incomplete too.
 */
function exitCodeOf(all: Evaluations, nothing: boolean, failOn: RatedSeverity | "never" | undefined): ExitCode {
  let failed = false;
  let unknown = nothing;
  for (const evaluation of all) {
    const { action, verdict, findings } = evaluation;
    if (action !== undefined) continue;
    if (verdict === "unknown" && !isAccepted(evaluation) && !isOnlyNamed(evaluation)) unknown = true;
    failed ||=
      failOn === undefined
        ? verdict === "fail"
        : failOn !== "never" && findings.some(({ severity }) => reaches(severity, failOn));
  }
  if (failed) return 1;
  return unknown && failOn !== "never" ? 3 : 0;
}
