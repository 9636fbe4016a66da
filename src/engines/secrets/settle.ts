/** From what was found in one file to facts: one secret once at each place, without its text. */

import { reaches } from "../../core/severity.ts";
import type { AllowComment } from "./allow.ts";
import { type Fingerprinter, isIssued, redact } from "./fingerprint.ts";
import type { SecretAllowance, SecretFact } from "./model.ts";
import type { SecretConfidence, SecretRule } from "./rule.ts";

/** Something found; offsets in bytes from the start of the file. */
export interface Hit {
  readonly rule: Pick<SecretRule, "id" | "title" | "confidence" | "severity" | "reference">;
  /** Of the rule among all; what comes first is more specific. */
  readonly order: number;
  readonly start: number;
  readonly end: number;
  /** One character a byte. */
  readonly secret: string;
  readonly validity: "valid" | "unsure";
  readonly name: string;
  readonly wellKnown: boolean;
  line?: number;
  column?: number;
}

export function placeOf({ line, column }: Hit): Pick<Hit, "line" | "column"> {
  return { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}

export interface Comment {
  readonly start: number;
  readonly allowed: AllowComment;
  line?: number;
  column?: number;
}

interface SettleOptions {
  readonly path: string;
  /** Lines mean something. */
  readonly isText: boolean;
  readonly fingerprint: Fingerprinter;
}

export function settleHits(
  hits: readonly Hit[],
  comments: readonly Comment[],
  { path, isText, fingerprint }: SettleOptions,
): SecretFact[] {
  if (hits.length === 0) return [];
  const best = bestOfEachPlace(hits);
  const allowances = new Map<number, AllowComment[]>();
  const linesWithHits = new Set(best.map(({ line }) => line));
  for (const { line, allowed } of comments) {
    // A comment on a line of its own is about the line below it.
    const about = (line ?? 0) + (linesWithHits.has(line) ? 0 : 1);
    const others = allowances.get(about);
    if (others === undefined) allowances.set(about, [allowed]);
    else others.push(allowed);
  }
  return best.map(({ rule, start, end, secret, validity, name, wellKnown, line, column }) => {
    const text = Buffer.from(secret, "latin1").toString("utf8");
    const allowed = allowances.get(line ?? 0)?.find((each) => each.rule === undefined || each.rule === rule.id);
    return {
      rule: rule.id,
      title: rule.title,
      confidence: rule.confidence,
      severity: rule.severity,
      redacted: redact(text),
      fingerprint: fingerprint({ rule: rule.id, secret: text, name, issued: isIssued(rule) }),
      path,
      ...(isText && line !== undefined && column !== undefined ? { line, column } : {}),
      offset: start,
      length: end - start,
      validity,
      ...(wellKnown ? { wellKnown } : {}),
      ...(allowed === undefined ? {} : { allowed: withoutRule(allowed) }),
      reference: rule.reference,
    };
  });
}

function withoutRule({ by, reason, until }: AllowComment): SecretAllowance {
  return { by, ...(reason === undefined ? {} : { reason }), ...(until === undefined ? {} : { until }) };
}

const CONFIDENCE: Readonly<Record<SecretConfidence, number>> = { high: 0, medium: 1, low: 2 };

/** Negative where `a` says more of the place than `b`. */
function compareHits(a: Hit, b: Hit): number {
  return (
    Number(isGeneral(a, b)) - Number(isGeneral(b, a)) ||
    CONFIDENCE[a.rule.confidence] - CONFIDENCE[b.rule.confidence] ||
    Number(a.validity !== "valid") - Number(b.validity !== "valid") ||
    a.order - b.order ||
    b.end - b.start - (a.end - a.start)
  );
}

/** Whether `a` says no more than that something was assigned, where `b` knows what, and ranks it as high. */
function isGeneral(a: Hit, b: Hit): boolean {
  if (!a.rule.id.startsWith("assigned-") || b.rule.id.startsWith("assigned-")) return false;
  return a.start === b.start && a.end === b.end && reaches(b.rule.severity, a.rule.severity);
}

/** Of hits that overlap, the one that says most; in order of place. */
function bestOfEachPlace(hits: readonly Hit[]): Hit[] {
  const sorted = [...hits].sort((a, b) => a.start - b.start || compareHits(a, b));
  const kept: Hit[] = [];
  for (const hit of sorted) {
    const last = kept.at(-1);
    if (last === undefined || hit.start >= last.end) kept.push(hit);
    else if (compareHits(hit, last) < 0) kept[kept.length - 1] = hit;
  }
  return kept;
}
