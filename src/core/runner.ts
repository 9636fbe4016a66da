import type { Asset } from "./asset.ts";
import type { DatabaseUse } from "./basis.ts";
import type { Check, EvidenceFor, Need, SubjectCheck } from "./check.ts";
import { counted } from "./counted.ts";
import type { Evaluation, Verdict } from "./evaluation.ts";
import type { Evidence, Gap } from "./evidence.ts";
import { type Assessment, exceptionsFor } from "./exception.ts";
import { type Finding, type FindingDraft, type FindingKeys, type Fix, fingerprintOf } from "./finding.ts";
import { compareText } from "./order.ts";
import { type Policy, type Threshold, thresholdOf } from "./policy.ts";
import type { Scope } from "./scope.ts";
import { reaches, type Severity, severityRank } from "./severity.ts";
import { createLists, createStrings } from "./strings.ts";

/** What the runner needs beside the check and its evidence. */
export interface RunContext {
  readonly asset: Asset;
  readonly scope?: Scope;
  /** What of the world's knowledge its evidence is of. */
  readonly databases?: readonly DatabaseUse[];
  /** What the evaluation says that was looked at. */
  readonly evidence?: Readonly<Record<string, string>>;
  readonly policy: Policy;
  /** What statements that the caller vouches for (VEX) say of a finding. */
  readonly assess?: (finding: FindingDraft) => Assessment | undefined;
  readonly now: Date;
}

/**
 * Runs one check over one asset and reaches its verdict. Pure.
 *
 * 1. A need without evidence, or a `whole` need with partial or stale evidence: unknown, with the reason.
 * 2. Findings that an exception in force names or a statement dismisses are set aside.
 * 3. A remaining finding at or over the threshold: fail. Partial evidence proves that too.
 * 4. A finding that would be over the threshold if its severity were known: unknown.
 * 5. Partial or stale evidence: unknown. Else pass.
 */
export function runCheck<Facts extends object, Parameters extends object = object>(
  check: Check<Facts, Parameters>,
  evidence: EvidenceFor<Facts>,
  context: RunContext,
): Evaluation {
  return run(check as unknown as SubjectCheck<Facts>, evidence, context);
}

/** Facts of one subject, by name; what nobody looked for is not there. */
export type SubjectEvidence<Facts extends object> = { readonly [Name in keyof Facts]?: Evidence<Facts[Name]> };

/**
 * Runs every check over one subject. Left out is a check that needs what nobody looked for, and one for which there is
 * nothing to judge.
 */
export function runChecks<Facts extends object>(
  checks: readonly SubjectCheck<Facts>[],
  evidence: SubjectEvidence<Facts>,
  context: RunContext,
): Evaluation[] {
  const evaluations: Evaluation[] = [];
  for (const check of checks) {
    if (!lookedFor(check, evidence)) continue;
    if (hasSomething(check, evidence, context)) evaluations.push(run(check, evidence, context));
  }
  return evaluations;
}

function lookedFor<Facts extends object>(check: SubjectCheck<Facts>, evidence: SubjectEvidence<Facts>): boolean {
  for (const name in check.needs) if (evidence[name] === undefined) return false;
  return true;
}

/** Of what is absent nobody knows whether there is something to judge. */
function hasSomething<Facts extends object>(
  check: SubjectCheck<Facts>,
  evidence: SubjectEvidence<Facts>,
  { policy }: RunContext,
): boolean {
  if (check.applies === undefined) return true;
  const facts: Partial<Facts> = parametersOf(check, policy);
  for (const name in check.needs) {
    const item = evidence[name] as Evidence<Facts[typeof name]>;
    if (item.state === "absent") return true;
    facts[name] = item.facts;
  }
  return check.applies(facts as never);
}

/** What of the policy a check judges by, by the names that it gives it. */
export function parametersOf<Facts extends object>(
  { parameters }: SubjectCheck<Facts>,
  policy: Policy,
): Partial<Facts> {
  const values: Record<string, unknown> = {};
  const readers = parameters as Record<string, (policy: Policy) => unknown> | undefined;
  for (const name in readers) values[name] = readers[name]?.(policy);
  return values as Partial<Facts>;
}

function run<Facts extends object>(
  check: SubjectCheck<Facts>,
  evidence: SubjectEvidence<Facts>,
  context: RunContext,
): Evaluation {
  const gaps: Gap[] = [];
  let observed: string | undefined;
  let valid: string | undefined;
  const facts = parametersOf(check, context.policy);
  const threshold = thresholdOf(context.policy, check.category);
  // Most runs have no gap, and most others have one: made for the second.
  let reported: Set<string> | undefined;
  let absent = false;
  let judgeable = true;

  for (const name in check.needs) {
    const need = check.needs[name] as Need;
    const item = evidence[name] as Evidence<Facts[typeof name]>;
    let own = item.gaps;
    if (item.state === "present") {
      facts[name] = item.facts;
      if (observed === undefined || item.observedAt < observed) observed = item.observedAt;
      if (item.validUntil !== undefined) {
        if (valid === undefined || item.validUntil < valid) valid = item.validUntil;
        // Negated, so that a date that cannot be read counts as over.
        if (!(Date.parse(item.validUntil) >= context.now.getTime())) {
          own = [...own, staleGap(name, item.observedAt, item.validUntil, item.renewal, context.now)];
        }
      }
    }
    if (item.state === "absent") absent = true;
    if (item.state === "absent" || (need === "complete" && own.length > 0)) judgeable = false;
    const [first] = own;
    if (first !== undefined && own.length === 1 && gaps.length === 0) gaps.push(first);
    else if (first !== undefined) {
      // Two needs that come of one reading have its gaps in common.
      reported ??= new Set(gaps.map(keyOf));
      for (const gap of own) {
        const key = keyOf(gap);
        if (!reported.has(key)) gaps.push(gap);
        reported.add(key);
      }
    }
  }

  const looked = absent ? undefined : check.looked?.(facts as never);

  const findings: Finding[] = [];
  const excepted: Evaluation["excepted"][number][] = [];
  if (judgeable) {
    // Most checks find nothing: the exceptions are prepared for the first finding.
    let exceptionFor: ReturnType<typeof exceptionsFor> | undefined;
    for (const draft of check.evaluate(facts as never, context.now)) {
      const assessment = context.assess?.(draft);
      const noted = assessment?.kind === "noted" ? withNote(draft, assessment.note) : draft;
      const finding = complete(check.id, noted, context, threshold);
      exceptionFor ??= exceptionsFor(context.asset, context.policy.exceptions, context.now);
      const exception = exceptionFor(draft) ?? (assessment?.kind === "dismissed" ? assessment.exception : undefined);
      if (exception === undefined) findings.push(finding);
      else excepted.push({ finding, exception });
    }
  }
  if (findings.length > 1) findings.sort(compareFindings);
  excepted.sort((a, b) => compareFindings(a.finding, b.finding));

  const { verdict, reason } = reachVerdict(findings, gaps, judgeable, context.policy, threshold);
  const open = absent || verdict === "unknown" ? undefined : check.leavesOpen?.(facts as never);
  const said = {
    verdict,
    reason: strings(open === undefined ? reason : `${reason}; ${open}`),
    // Of a great run nearly all evaluations are passes that found nothing: they share what is empty.
    // A list that was pushed to holds room for more.
    findings: findings.length === 0 ? NONE : findings.slice(),
    excepted: excepted.length === 0 ? NONE : excepted,
    evidence: looked === undefined ? (context.evidence ?? {}) : { ...context.evidence, ...looked },
    gaps: sharedGaps(gaps),
    observedAt: observed ?? context.now.toISOString(),
  };
  return evaluationOf(check.id, context, said, valid);
}

type Said = Pick<Evaluation, "verdict" | "reason" | "findings" | "excepted" | "evidence" | "gaps" | "observedAt">;

/** Written out for those that say nothing else, which are nearly all: they are put together twice as fast. */
function evaluationOf(
  check: string,
  { asset, scope, databases }: RunContext,
  said: Said,
  validUntil: string | undefined,
): Evaluation {
  const { verdict, reason, findings, excepted, evidence, gaps, observedAt } = said;
  if (scope === undefined && databases === undefined && validUntil === undefined) {
    return { check, asset, verdict, reason, findings, excepted, evidence, gaps, observedAt };
  }
  return {
    check,
    asset,
    ...(scope === undefined ? {} : { scope }),
    ...(databases === undefined ? {} : { basis: { databases } }),
    ...said,
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

function keyOf({ code, concerns = "", reason }: Gap): string {
  return `${code}\n${concerns}\n${reason}`;
}

const NONE: readonly never[] = [];

let lastGaps: readonly Gap[] = NONE;

/** Dozens of checks lack the same of one asset: they share the list. */
function sharedGaps(gaps: readonly Gap[]): readonly Gap[] {
  if (gaps.length === 0) return NONE;
  const isLast = gaps.length === lastGaps.length && gaps.every((gap, at) => gap === lastGaps[at]);
  if (!isLast) lastGaps = gaps.slice();
  return lastGaps;
}

/** Thousands of workloads have the same few dozen findings. */
const strings = createStrings(50_000);

function heldFix(fix: Fix): Fix {
  const text = strings(fix.text);
  if (fix.kind === "edit" || fix.kind === "patch") return { ...fix, text, reason: strings(fix.reason) };
  return text === fix.text && fix.kind === "instruction" ? fix : { ...fix, text };
}

function held(evidence: FindingDraft["evidence"]): FindingDraft["evidence"] {
  const own: Record<string, string> = {};
  for (const name in evidence) own[name] = strings(evidence[name] as string);
  return own;
}

/** Flaws have the same ids in each package and place. Most findings have one id, and its list no room for more. */
const lists = createLists(50_000);

function heldKeys(keys: FindingKeys): FindingKeys {
  return keys.ids.length === 1 ? keys : { ...keys, ids: lists(keys.ids) };
}

function withNote(draft: FindingDraft, note: string): FindingDraft {
  return { ...draft, detail: draft.detail === undefined ? note : `${draft.detail}; ${note}` };
}

function complete(check: string, draft: FindingDraft, context: RunContext, threshold: Threshold): Finding {
  // What the draft states keeps its place.
  const own: { -readonly [Name in keyof FindingDraft]: FindingDraft[Name] } = { ...draft };
  own.subject = strings(draft.subject);
  own.title = strings(draft.title);
  if (draft.detail !== undefined) own.detail = strings(draft.detail);
  if (draft.fix !== undefined) own.fix = heldFix(draft.fix);
  own.matches = heldKeys(draft.matches);
  own.evidence = held(draft.evidence);
  if (draft.references !== undefined) own.references = lists(draft.references);
  return {
    ...own,
    check,
    fingerprint: fingerprintOf(check, context.asset.lineage, draft.subject),
    overThreshold: isOverThreshold(draft, context.policy, threshold),
  };
}

/** Whether a finding is one that fails its check. */
export function isOverThreshold(draft: FindingDraft, policy: Policy, threshold: Threshold): boolean {
  return isOver(draft, threshold, countedSeverity(draft.severity, policy));
}

function countedSeverity(severity: Severity, policy: Policy): Severity {
  return severity === "unknown" ? policy.unknownSeverity : severity;
}

function isOver(finding: FindingDraft, threshold: Threshold, severity: Severity): boolean {
  if (finding.fix === undefined && threshold.fixableOnly) return false;
  return (
    reaches(severity, threshold.severity) || (threshold.exploited === true && finding.priority?.exploited === true)
  );
}

/**
 * The verdict over findings that nothing sets aside; see {@link runCheck}, steps 3 to 5.
 *
 * @param judgeable - false where evidence that the check needs is missing; there is a gap then
 */
export function reachVerdict(
  findings: readonly Finding[],
  gaps: readonly Gap[],
  judgeable: boolean,
  policy: Policy,
  threshold: Threshold,
): { verdict: Verdict; reason: string } {
  let over = 0;
  for (const finding of findings) if (finding.overThreshold) over++;
  if (over > 0) {
    return {
      verdict: "fail",
      reason: `${counted(over, "finding")} at or above the threshold (${wordingOf(threshold)})`,
    };
  }
  const firstGap = gaps[0];
  if (!judgeable || firstGap !== undefined) {
    return { verdict: "unknown", reason: firstGap?.reason ?? "no evidence collected" };
  }
  if (findings.length === 0) return { verdict: "pass", reason: "no findings" };
  const unrated = findings.filter(
    (finding) =>
      countedSeverity(finding.severity, policy) === "unknown" && isOver(finding, threshold, threshold.severity),
  );
  if (unrated.length > 0) {
    return { verdict: "unknown", reason: `${counted(unrated.length, "finding")} of unknown severity` };
  }
  const reason = `${counted(findings.length, "finding")}, all below the threshold (${wordingOf(threshold)})`;
  return { verdict: "pass", reason };
}

function wordingOf({ severity, exploited, fixableOnly }: Threshold): string {
  const severe = severity === "critical" ? "critical" : `${severity} or above`;
  const level = exploited === true ? `${severe}, or exploited,` : severe;
  return fixableOnly ? `${level} with a fix available` : level.replace(/,$/, "");
}

/** Says how old the facts are and how old they may be: days that have begun. */
export function staleGap(
  name: string,
  observedAt: string,
  validUntil: string,
  renewal: string | undefined,
  now: Date,
): Gap {
  const from = Date.parse(observedAt);
  const age = Math.ceil((now.getTime() - from) / DAY);
  const limit = Math.floor((Date.parse(validUntil) - from) / DAY);
  const dated = `${name}: data from ${observedAt.slice(0, 10)}`;
  const reason = Number.isNaN(age + limit)
    ? `${dated} expired on ${validUntil.slice(0, 10)}`
    : `${dated} is ${counted(age, "day")} old; the limit is ${counted(limit, "day")}`;
  return { code: "evidence.stale", reason, ...(renewal === undefined ? {} : { remedy: renewal }) };
}

const DAY = 24 * 60 * 60 * 1000;

/** Worst first, then by priority, then those with a fix, then by subject, so that two runs print the same. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    (b.priority?.score ?? 0) - (a.priority?.score ?? 0) ||
    Number(b.fix !== undefined) - Number(a.fix !== undefined) ||
    compareText(a.subject, b.subject)
  );
}
