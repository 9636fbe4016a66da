/**
 * The baseline of an old code base: the findings that were there when Bulkhead was taken up. They are set apart, and the
 * verdict is reached without them, so that only what is new fails.
 */

import { authorityIn } from "./authority.ts";
import { acceptKnown, type BaselineUnknown, formatUnknown, parseUnknowns } from "./baseline-unknowns.ts";
import type { CheckIdentity } from "./check.ts";
import type { Evaluation } from "./evaluation.ts";
import { EvaluationList, type Evaluations } from "./evaluations.ts";
import { type Finding, fingerprintOf } from "./finding.ts";
import { parseJson } from "./parse-json.ts";
import { type Policy, thresholdOf } from "./policy.ts";
import { Problem } from "./problem.ts";
import type { BaselineUse } from "./report.ts";
import { reachVerdict } from "./runner.ts";
import { type Severity, severities, severityRank } from "./severity.ts";
import { isObject } from "./untyped.ts";

/** Raised when a key changes its meaning or goes. */
export const baselineSchema = "bulkhead/baseline/v2";

/** What `--format json` writes. */
const REPORT = "bulkhead/report/v1";

/** Its assets had no authority, so that two repositories shared fingerprints. */
const withoutAuthorities = "bulkhead/baseline/v1";

export interface BaselineEntry {
  /** Of check, asset and subject, as a finding's. */
  readonly fingerprint: string;
  readonly check: string;
  /** The asset's lineage: it starts with the repository or cluster that the entry is of, except for images. */
  readonly asset: string;
  readonly subject: string;
  /** As it was when it was written: a finding that has become worse is new. */
  readonly severity: Severity;
  /** ISO 8601 date: when it was first written into the baseline, UTC. */
  readonly since: string;
}

export interface Baseline {
  /** The file, as the caller named it. */
  readonly name: string;
  /** By fingerprint. */
  readonly entries: ReadonlyMap<string, BaselineEntry>;
  /** By fingerprint: gaps that it knows. */
  readonly unknowns: ReadonlyMap<string, BaselineUnknown>;
}

/**
 * Takes the findings that the baseline knows out of the evaluations and reaches each verdict anew. Pure.
 *
 * A finding whose severity is worse than the entry's counts as new; so does one that was unrated and now has a rating, and
 * one that is never recorded, whatever the file says.
 * An entry is resolved only where its asset was judged by its check on whole evidence and it did not occur: what was not
 * looked at may still be there. An entry of another repository or cluster knows nothing of this run: a lineage starts with
 * the authority, and the fingerprint is over it.
 *
 * @param context.authorities - of this run, as lineages start with them
 */
export function applyBaseline(
  evaluations: Evaluations,
  baseline: Baseline,
  {
    policy,
    checks,
    authorities,
    now,
  }: {
    readonly policy: Policy;
    readonly now: Date;
    readonly checks: readonly CheckIdentity[];
    readonly authorities: ReadonlySet<string>;
  },
): { readonly evaluations: Evaluations; readonly use: BaselineUse } {
  const categories = new Map(checks.map(({ id, category }) => [id, category]));
  let known = 0;
  let worsened = 0;
  const apart = new EvaluationList();
  for (const one of evaluations) apart.push(acceptKnown(withoutKnown(one), baseline.unknowns, { policy, now }));

  function withoutKnown(evaluation: Evaluation): Evaluation {
    const findings: Finding[] = [];
    const baselined: { finding: Finding; since: string }[] = [];
    for (const finding of evaluation.findings) {
      const entry = finding.unrecorded === true ? undefined : baseline.entries.get(finding.fingerprint);
      const worse = entry !== undefined && severityRank(finding.severity) < severityRank(entry.severity);
      if (worse) worsened++;
      if (entry === undefined || worse) findings.push(finding);
      else baselined.push({ finding, since: entry.since });
    }
    const category = categories.get(evaluation.check);
    if (baselined.length === 0 || category === undefined) return { ...evaluation, baselined: [] };
    known += baselined.length;
    const { verdict, reason } = reachVerdict(findings, evaluation.gaps, true, policy, thresholdOf(policy, category));
    const more = `${baselined.length} ${findings.length === 0 ? "" : "more "}in the baseline`;
    // The reason of an unknown is a gap's, which the formats recognise by its words.
    return {
      ...evaluation,
      findings,
      baselined,
      verdict,
      reason: verdict === "unknown" ? reason : `${reason}, ${more}`,
    };
  }
  const fates = fatesOf(evaluations, baseline);
  let [resolved, notEvaluated, foreign] = [0, 0, 0];
  for (const [fingerprint, fate] of fates) {
    const authority = authorityIn(baseline.entries.get(fingerprint)?.asset ?? "");
    if (fate === "resolved") resolved++;
    else if (fate === "notEvaluated" && authority !== undefined && !authorities.has(authority)) foreign++;
    else if (fate === "notEvaluated") notEvaluated++;
  }
  return {
    evaluations: apart,
    use: { name: baseline.name, entries: fates.size, known, worsened, resolved, notEvaluated, foreign },
  };
}

/**
 * What a new baseline holds, sorted: every finding that no exception covers and that may be recorded, at its worst where
 * several assets share it. What `before` has of it keeps its date, and what `before` has and this run did not judge stays.
 *
 * @param evaluations - with the baselined findings still among the findings
 * @param today - ISO 8601 date
 */
export function baselineOf(evaluations: Evaluations, today: string, before?: Baseline): BaselineEntry[] {
  const entries = new Map<string, BaselineEntry>();
  for (const { check, asset, findings } of evaluations) {
    for (const { fingerprint, subject, severity, unrecorded } of findings) {
      if (unrecorded === true) continue;
      const other = entries.get(fingerprint);
      if (other !== undefined && severityRank(other.severity) <= severityRank(severity)) continue;
      const since = before?.entries.get(fingerprint)?.since ?? today;
      entries.set(fingerprint, { fingerprint, check, asset: asset.lineage, subject, severity, since });
    }
  }
  if (before !== undefined) {
    for (const [fingerprint, fate] of fatesOf(evaluations, before)) {
      const entry = before.entries.get(fingerprint);
      if (fate === "notEvaluated" && entry !== undefined) entries.set(fingerprint, entry);
    }
  }
  return [...entries.values()].sort(compareEntries);
}

/** `resolved`: looked for and not found; `notEvaluated`: not looked for, or not everywhere. */
type Fate = "occurs" | "resolved" | "notEvaluated";

function fatesOf(evaluations: Evaluations, baseline: Baseline): Map<string, Fate> {
  const seen = new Set<string>();
  /** Check and lineage → judged on whole evidence. */
  const judged = new Map<string, boolean>();
  for (const { check, asset, findings, excepted, gaps } of evaluations) {
    const key = JSON.stringify([check, asset.lineage]);
    judged.set(key, (judged.get(key) ?? true) && gaps.length === 0);
    for (const { fingerprint } of findings) seen.add(fingerprint);
    for (const { finding } of excepted) seen.add(finding.fingerprint);
  }
  const fates = new Map<string, Fate>();
  for (const { fingerprint, check, asset } of baseline.entries.values()) {
    const whole = judged.get(JSON.stringify([check, asset])) === true;
    fates.set(fingerprint, seen.has(fingerprint) ? "occurs" : whole ? "resolved" : "notEvaluated");
  }
  return fates;
}

function compareEntries(a: BaselineEntry, b: BaselineEntry): number {
  for (const key of ["check", "asset", "subject", "fingerprint"] as const) {
    if (a[key] !== b[key]) return a[key] < b[key] ? -1 : 1;
  }
  return 0;
}

/** The file's text: JSON, one entry a line, so that a difference between two shows what came and what went. */
export function formatBaseline(entries: readonly BaselineEntry[], unknowns: readonly BaselineUnknown[] = []): string {
  const lines = entries.map(({ fingerprint, check, asset, subject, severity, since }) =>
    JSON.stringify({ check, asset, subject, severity, since, fingerprint }),
  );
  // A file without them is as it was before there were any.
  const more = unknowns.length === 0 ? "" : `,\n  "unknowns": ${listed(unknowns.map(formatUnknown))}`;
  return `{\n  "schema": ${JSON.stringify(baselineSchema)},\n  "findings": ${listed(lines)}${more}\n}\n`;
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? "[]" : `[\n    ${lines.join(",\n    ")}\n  ]`;
}

/**
 * Reads a baseline file, or the JSON report of an earlier run, whose findings are then what is known. An entry whose fingerprint is not that of the check, asset and subject beside it is refused:
 * who reviews a change to the file must be able to trust what it says.
 *
 * @throws Problem (usage) that names the entry
 */
export function parseBaseline(text: string, name: string): Baseline {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (error) {
    throw wrong(name, `not JSON: ${(error as Error).message}`);
  }
  if (isObject(document) && document.schema === REPORT) return baselineOfReport(document, name);
  if (isObject(document) && document.schema === withoutAuthorities) {
    throw wrong(name, `its schema is ${withoutAuthorities}, whose entries do not name their repository or cluster`);
  }
  if (!isObject(document) || document.schema !== baselineSchema) {
    throw wrong(name, `its schema is not ${baselineSchema}`);
  }
  if (!Array.isArray(document.findings)) throw wrong(name, "findings is not a list");
  const entries = new Map<string, BaselineEntry>();
  for (const [index, value] of document.findings.entries()) {
    const place = `${name}, findings[${index}]`;
    const entry = entryOf(value, place);
    if (entries.has(entry.fingerprint)) throw wrong(place, `duplicate entry ${entry.subject}`);
    entries.set(entry.fingerprint, entry);
  }
  const unknowns = parseUnknowns(document.unknowns, (place, cause) => wrong(`${name}, ${place}`, cause));
  return { name, entries, unknowns };
}

/**
 * What an earlier run found, those in its own baseline among it; what exceptions covered is for the exceptions of this run to
 * say. Unknowns of a report are in no baseline: only who writes one accepts them, for a time.
 */
function baselineOfReport(report: Readonly<Record<string, unknown>>, name: string): Baseline {
  const since = typeof report.startedAt === "string" ? report.startedAt.slice(0, 10) : undefined;
  const entries = new Map<string, BaselineEntry>();
  for (const [index, evaluation] of listOf(report.evaluations, `${name}, evaluations`).entries()) {
    const place = `${name}, evaluations[${index}]`;
    if (!isObject(evaluation) || !isObject(evaluation.asset)) throw wrong(place, "not an evaluation");
    const { check, asset, findings = [], baselined = [] } = evaluation;
    const known = listOf(baselined, `${place}, baselined`).map((each) => (isObject(each) ? each.finding : each));
    for (const finding of [...listOf(findings, `${place}, findings`), ...known]) {
      if (!isObject(finding)) throw wrong(place, "a finding is not an object");
      if (finding.unrecorded === true) continue;
      const entry = entryOf({ ...finding, check, asset: asset.lineage, since }, place);
      const other = entries.get(entry.fingerprint);
      if (other === undefined || severityRank(entry.severity) < severityRank(other.severity)) {
        entries.set(entry.fingerprint, entry);
      }
    }
  }
  return { name, entries, unknowns: new Map() };
}

function listOf(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(place, "not a list");
}

const DATE = /^\d{4}-\d\d-\d\d$/;

function entryOf(value: unknown, place: string): BaselineEntry {
  if (!isObject(value)) throw wrong(place, "not an object");
  const text = (key: keyof BaselineEntry): string => {
    const found = value[key];
    if (typeof found !== "string") throw wrong(place, `${key} is missing or not a text`);
    return found;
  };
  const [check, asset, subject, since, fingerprint] = [
    text("check"),
    text("asset"),
    text("subject"),
    text("since"),
    text("fingerprint"),
  ];
  const severity = [...severities, "unknown" as const].find((known) => known === value.severity);
  if (severity === undefined) throw wrong(place, "unknown severity");
  if (!DATE.test(since)) throw wrong(place, "since is not a date");
  if (fingerprint !== fingerprintOf(check, asset, subject)) {
    throw wrong(place, "the fingerprint is not that of its check, asset and subject");
  }
  return { fingerprint, check, asset, subject, severity, since };
}

function wrong(place: string, cause: string): Problem {
  return new Problem({
    kind: "usage",
    code: "baseline.invalid",
    place,
    cause,
    remedy: "rewrite it with --write-baseline",
  });
}
