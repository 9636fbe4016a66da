import { isAccepted } from "../core/accepted-unknown.ts";
import { type Asset, assetTitle } from "../core/asset.ts";
import type { DatabaseUse } from "../core/basis.ts";
import { counted } from "../core/counted.ts";
import { shortDigest } from "../core/digest.ts";
import type { Evaluation, Verdict } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import type { Gap } from "../core/evidence.ts";
import type { ExceptionUse } from "../core/exception.ts";
import type { Finding } from "../core/finding.ts";
import { formatLocation } from "../core/location.ts";
import type { LoosenedKey, PolicyChain, PolicyOrigin } from "../core/policy.ts";
import type { BaselineUse, ControlResult, LayerResult, Report } from "../core/report.ts";
import { formatScope, type Scope } from "../core/scope.ts";
import type { AcceptedUnknown } from "../core/unknown-entry.ts";
import { noSeverities, severityCountsText } from "./severity-counts.ts";

/** What the terminal formats say in the same words. Nothing here is escaped yet. */

/** `npm`, `Pod shop/web`; undefined where the whole asset was judged. */
export function scopeText(scope: Scope | undefined): string | undefined {
  return scope === undefined ? undefined : formatScope(scope);
}

/** How many findings of one evaluation are shown unless all are asked for. */
const shownFindings = 10;

export function shown(evaluation: Evaluation, all: boolean): { findings: readonly Finding[]; more: number } {
  const findings = all ? evaluation.findings : evaluation.findings.slice(0, shownFindings);
  return { findings, more: evaluation.findings.length - findings.length };
}

/** `14 more: 2 critical, 12 low`. */
export function moreFindings(evaluation: Evaluation): string {
  const rest = evaluation.findings.slice(shownFindings);
  return `${rest.length} more: ${severityCounts(rest)}`;
}

/** `14: 2 critical, 12 low`; undefined where the baseline took nothing out. */
export function baselinedText({ baselined = [] }: Evaluation): string | undefined {
  return baselined.length === 0
    ? undefined
    : `${baselined.length}: ${severityCounts(baselined.map(({ finding }) => finding))}`;
}

/** `2 critical, 12 low`, worst first. */
export function severityCounts(findings: readonly Finding[]): string {
  const counts = noSeverities();
  for (const { severity } of findings) counts[severity]++;
  return severityCountsText(counts);
}

/** The advisory's id, else the check's. */
export function findingName(finding: Finding): string {
  return finding.matches.ids[0] ?? finding.check;
}

/** `minimist 1.2.5`; undefined where the finding is about no package. */
export function packageOf({ matches }: Finding): string | undefined {
  if (matches.package === undefined) return undefined;
  return matches.version === undefined ? matches.package : `${matches.package} ${matches.version}`;
}

/** An image's short identity beside its name; nothing where the name is the identity. */
export function assetIdentity(asset: Asset): string | undefined {
  return asset.kind === "image" && asset.identifiedBy !== "reference" ? shortDigest(asset.id) : undefined;
}

export function coverageText({ assessed, total, noun, excluded = 0 }: ControlResult["coverage"]): string | undefined {
  const parts = [
    ...(total === 0 ? [] : [`${assessed} of ${total} ${noun}`]),
    ...(excluded === 0 ? [] : [`${counted(excluded, "path")} excluded`]),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** So few of one asset are told one by one. */
const FEW_ALIKE = 4;

function assetKey({ asset }: Evaluation): string {
  return JSON.stringify([asset.id, assetTitle(asset)]);
}

/** Gone through anew each time: nothing is held of it. */
function filtered(evaluations: Iterable<Evaluation>, isWanted: (one: Evaluation) => boolean): Iterable<Evaluation> {
  return {
    *[Symbol.iterator]() {
      for (const one of evaluations) if (isWanted(one)) yield one;
    },
  };
}

/** One evaluation, or several of one asset that are unknown for one reason: then the first of them. */
export interface Told {
  readonly evaluation: Evaluation;
  /** Their ids. */
  readonly checks: readonly string[];
  /** What was told before with the same gaps, where they are more than a few. */
  readonly gapsOf?: Evaluation;
}

/** So many gaps are told anew each time. */
const FEW_GAPS = 2;

/**
 * What was not read keeps checks of every asset from judging: its list is told with the first of them, and by the others
 * as the same one.
 */
export function repeatedGaps(): (told: Told) => Told {
  const first = new Map<string, Evaluation>();
  return (told) => {
    const { gaps } = told.evaluation;
    if (gaps.length <= FEW_GAPS) return told;
    const key = JSON.stringify(gaps.map(gapText).sort());
    const gapsOf = first.get(key);
    if (gapsOf !== undefined) return { ...told, gapsOf };
    first.set(key, told.evaluation);
    return told;
  };
}

/** Each gap, or whose they are as well. */
export function gapTexts({ evaluation, gapsOf }: Pick<Told, "evaluation" | "gapsOf">): string[] {
  if (gapsOf === undefined) return evaluation.gaps.map(gapText);
  const asset = assetKey(gapsOf) === assetKey(evaluation) ? "" : ` of ${assetTitle(gapsOf.asset)}`;
  return [`the same ${evaluation.gaps.length} causes as ${gapsOf.check}${asset}, above (--all lists them)`];
}

/** One cause is told once: what keeps dozens of checks from judging an asset. Each in the place of the first. */
export function* foldUnknown(evaluations: Iterable<Evaluation>, all: boolean): Generator<Told> {
  const keyOf = (evaluation: Evaluation): string | undefined => {
    const { verdict, scope, findings, excepted, baselined = [], action } = evaluation;
    if (all || verdict !== "unknown" || findings.length + excepted.length + baselined.length > 0) return undefined;
    return JSON.stringify([assetKey(evaluation), scopeText(scope), action, unknownText(evaluation)]);
  };
  const groups = new Map<string, string[]>();
  for (const evaluation of evaluations) {
    const key = keyOf(evaluation);
    if (key === undefined) continue;
    const checks = groups.get(key);
    if (checks === undefined) groups.set(key, [evaluation.check]);
    else checks.push(evaluation.check);
  }
  const told = new Set<string>();
  for (const evaluation of evaluations) {
    const key = keyOf(evaluation);
    const checks = key === undefined ? [] : (groups.get(key) ?? []);
    if (key === undefined || checks.length <= FEW_ALIKE) {
      yield { evaluation, checks: [evaluation.check] };
    } else if (!told.has(key)) {
      told.add(key);
      yield { evaluation, checks: checks.sort() };
    }
  }
}

/** `workload/privileged`, or `36 checks`. */
export function checksText(checks: readonly string[]): string {
  return checks.length === 1 ? (checks[0] ?? "") : `${checks.length} checks (--all lists them)`;
}

/** What looked at a layer; where something fails, what that is. */
export function layerText({ defends, failing }: LayerResult): string {
  if (defends.length === 0) return "not assessed";
  if (failing.length === 0) return defends.length > NAMED_CHECKS ? `${defends.length} checks` : defends.join(", ");
  const named = failing.join(", ");
  return failing.length === defends.length ? named : `${failing.length} of ${defends.length} checks fail: ${named}`;
}

const NAMED_CHECKS = 6;

export function gapText(gap: Gap): string {
  return gap.remedy === undefined ? gap.reason : `${gap.reason} (${gap.remedy})`;
}

/** Why an evaluation is unknown: its reason, and what of its gaps says more. */
export function unknownText(evaluation: Evaluation, gapsOf?: Evaluation): string {
  const { reason, gaps } = evaluation;
  const own = gaps.some((gap) => gap.reason === reason) ? [] : [reason];
  const told = gapsOf === undefined ? { evaluation } : { evaluation, gapsOf };
  return [...own, ...gapTexts(told), ...acceptedTexts(evaluation).map((text) => `accepted: ${text}`)].join("; ");
}

/** Who answers for an unknown: `collect.folder by the-team until 2026-12-31: reason (bulkhead.yaml:3:5)`. */
export function acceptedTexts({ verdict, accepted = [] }: Evaluation): string[] {
  return verdict === "unknown" ? accepted.map(acceptedText) : [];
}

export function acceptedText(accepted: AcceptedUnknown): string {
  switch (accepted.by) {
    case "option":
      return `${accepted.code} by --accept-unknown`;
    case "baseline":
      return `${accepted.code} by the baseline since ${accepted.since}, until ${accepted.expires}`;
    case "policy": {
      const { code, owner, expires, reason, source } = accepted;
      return `${code} by ${owner} until ${expires}: ${reason} (${formatLocation({ kind: "file", ...source })})`;
    }
  }
}

export function exceptionText({ reason, owner, expires, source }: ExceptionUse): string {
  const until = expires === undefined ? "" : `, until ${expires}`;
  return `${reason} (${owner}${until}, ${formatLocation({ kind: "file", ...source })})`;
}

export function policyText(origin: PolicyOrigin): string {
  switch (origin.kind) {
    case "default":
      return "untrusted: built-in defaults (no policy file)";
    case "tree":
      return `untrusted: ${origin.path}${extendedText(origin)} is in the scanned directory (use --policy)`;
    case "trusted":
      return `trusted: ${origin.name}${extendedText(origin)}`;
  }
}

function extendedText({ extended = [], environment }: Partial<PolicyChain>): string {
  const parts = [
    ...(environment === undefined ? [] : [`environment ${environment}`]),
    ...(extended.length === 0 ? [] : [`extends ${extended.join(", which extends ")}`]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`;
}

export function loosenedKeys(origin: PolicyOrigin): readonly LoosenedKey[] {
  return origin.kind === "default" ? [] : (origin.loosened ?? []);
}

export function loosenedText({ key, path, line, column, trusted, wanted }: LoosenedKey): string {
  return `${formatLocation({ kind: "file", path, line, column })} tried to loosen ${key} from ${trusted} to ${wanted}; refused`;
}

export function databaseText({ label, asOf, detail }: DatabaseUse): string {
  const date = asOf === undefined ? "of no stated date" : `as of ${asOf.slice(0, 10)}`;
  return `${label}, ${date}${detail === undefined ? "" : `, ${detail}`}`;
}

export function baselineText({ name, known, worsened, resolved, notEvaluated, foreign }: BaselineUse): string {
  const parts = [`${counted(known, "finding")} in the baseline`];
  if (worsened > 0) parts.push(`${worsened} more severe than in the baseline, counted as new`);
  if (resolved > 0)
    parts.push(`${counted(resolved, "entry", "entries")} no longer found: rewrite with --write-baseline`);
  if (notEvaluated > 0) parts.push(`${counted(notEvaluated, "entry", "entries")} for targets not scanned`);
  if (foreign > 0) {
    const which = foreign === 1 ? "does not count" : "they do not count";
    parts.push(`${counted(foreign, "entry", "entries")} of another repository or cluster: ${which} here`);
  }
  return `${name}: ${parts.join(", ")}`;
}

/** What did not pass and is not enforced, by what the policy makes of it. */
export function notEnforced(evaluations: Evaluations): Readonly<Record<"warn" | "audit", number>> {
  const counts = { warn: 0, audit: 0 };
  for (const { action, verdict } of evaluations) if (action !== undefined && verdict !== "pass") counts[action]++;
  return counts;
}

/** `3 that did not pass are not enforced (2 warn, 1 audit)`; undefined where all is. */
export function enforcementText(evaluations: Evaluations): string | undefined {
  const { warn, audit } = notEnforced(evaluations);
  if (warn + audit === 0) return undefined;
  const parts = [...(warn === 0 ? [] : [`${warn} warn`]), ...(audit === 0 ? [] : [`${audit} audit`])].join(", ");
  const are = warn + audit === 1 ? "is" : "are";
  return `${warn + audit} failed or unknown ${are} not enforced (${parts}) and not counted in the exit code`;
}

/** `3 findings excepted`, by the policy or a statement (VEX); undefined where none is. */
export function exceptedText(evaluations: Evaluations): string | undefined {
  let count = 0;
  for (const { excepted } of evaluations) count += excepted.length;
  return count === 0 ? undefined : `${counted(count, "finding")} excepted`;
}

/** Parts what the policy only has recorded from what is told one by one. */
export function withoutAudited(
  evaluations: Iterable<Evaluation>,
  all: boolean,
): { readonly told: Iterable<Evaluation>; readonly audited: readonly Evaluation[] } {
  const isAudited = ({ action }: Evaluation) => action === "audit" && !all;
  return { told: filtered(evaluations, (one) => !isAudited(one)), audited: [...filtered(evaluations, isAudited)] };
}

/** The same of what of a report the policy only has recorded; undefined where that is nothing. */
export function auditedIn(evaluations: Evaluations): string | undefined {
  const audited: Evaluation[] = [];
  for (const evaluation of evaluations) if (evaluation.action === "audit") audited.push(evaluation);
  return audited.length === 0 ? undefined : auditedText(audited);
}

/** `4 evaluations with 12 findings: 2 high, 10 low`. */
export function auditedText(audited: readonly Evaluation[]): string {
  const findings = audited.flatMap((evaluation) => evaluation.findings);
  const named =
    findings.length === 0 ? "" : ` with ${counted(findings.length, "finding")}: ${severityCounts(findings)}`;
  return `${counted(audited.length, "evaluation")}${named}`;
}

export function exitText({ exitCode, evaluations }: Pick<Report, "exitCode" | "evaluations">): string {
  switch (exitCode) {
    case 0: {
      if (evaluatesNothing(evaluations)) return "nothing to scan was found, allowed by --fail-on";
      // `--fail-on` changes the exit code alone: what was found stays found.
      const verdicts = new Set<Verdict>();
      for (const { action, verdict } of evaluations) if (action === undefined) verdicts.add(verdict);
      if (verdicts.has("fail")) return "findings at or above the threshold, allowed by --fail-on";
      const unknown: Evaluation[] = [];
      for (const evaluation of evaluations) {
        if (evaluation.action === undefined && evaluation.verdict === "unknown") unknown.push(evaluation);
      }
      if (!unknown.every(isAccepted)) return "incomplete, allowed by --fail-on";
      if (unknown.length > 0) return `no findings at or above the threshold, ${unknown.length} unknown accepted`;
      return enforcementText(evaluations) === undefined ? "clean" : "nothing that the policy enforces";
    }
    case 1:
      return "findings at or above the threshold";
    case 2:
      return "usage or input error";
    case 3:
      return evaluatesNothing(evaluations)
        ? "incomplete: nothing to scan was found"
        : "incomplete: some targets could not be assessed";
  }
}

/** What is said of the policy file is about nothing that it judges. */
function evaluatesNothing(evaluations: Report["evaluations"]): boolean {
  for (const { check } of evaluations) if (!check.startsWith("policy/")) return false;
  return true;
}
