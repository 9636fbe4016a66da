/** One line an asset: what was found in it, and what its checks say. Pure. */
import { type Asset, assetTitle } from "../../core/asset.ts";
import { combine, type Verdict } from "../../core/evaluation.ts";
import { compareText } from "../../core/order.ts";
import type { Report } from "../../core/report.ts";
import type { Severity } from "../../core/severity.ts";
import type { Shows, SortKey } from "../display.ts";
import { compareCounts, noSeverities, type SeverityCounts, totalOf } from "../severity-counts.ts";

export interface AssetTally {
  readonly asset: Asset;
  readonly verdict: Verdict;
  /** Evaluations by verdict: a check that evaluates an asset part by part counts by part. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Findings that are shown, at or above the threshold and below. */
  readonly found: SeverityCounts;
  readonly over: SeverityCounts;
}

interface Growing {
  readonly asset: Asset;
  readonly verdicts: Record<Verdict, number>;
  readonly found: Record<Severity, number>;
  readonly over: Record<Severity, number>;
}

/** Worst first; holds a record an asset. What the policy only has recorded (`audit`) is not counted. */
export function tallyAssets(
  report: Pick<Report, "evaluations">,
  shows?: Shows,
  sort: SortKey = "severity",
): AssetTally[] {
  const tallies = new Map<string, Growing>();
  for (const evaluation of report.evaluations) {
    if (evaluation.action === "audit") continue;
    const { asset, verdict, findings } = evaluation;
    const key = assetKey(asset);
    let tally = tallies.get(key);
    if (tally === undefined) {
      tally = { asset, verdicts: { pass: 0, fail: 0, unknown: 0 }, found: noSeverities(), over: noSeverities() };
      tallies.set(key, tally);
    }
    tally.verdicts[verdict]++;
    for (const finding of findings) {
      if (shows !== undefined && !shows(finding)) continue;
      tally.found[finding.severity]++;
      if (finding.overThreshold) tally.over[finding.severity]++;
    }
  }
  const all = [...tallies.values()].map((tally) => ({ ...tally, verdict: verdictOf(tally.verdicts) }));
  return all.sort(sort === "asset" ? compareNames : compareTallies);
}

/** One asset may have two names in a run, and two assets one name. */
export function assetKey(asset: Asset): string {
  return `${asset.id}\0${assetTitle(asset)}`;
}

function verdictOf(verdicts: Readonly<Record<Verdict, number>>): Verdict {
  return combine((["fail", "unknown", "pass"] as const).filter((verdict) => verdicts[verdict] > 0));
}

const rank: Readonly<Record<Verdict, number>> = { fail: 0, unknown: 1, pass: 2 };

function compareTallies(a: AssetTally, b: AssetTally): number {
  return (
    compareCounts(a.over, b.over) ||
    rank[a.verdict] - rank[b.verdict] ||
    compareCounts(a.found, b.found) ||
    compareNames(a, b)
  );
}

function compareNames(a: AssetTally, b: AssetTally): number {
  return compareText(assetTitle(a.asset), assetTitle(b.asset)) || compareText(a.asset.id, b.asset.id);
}

/** What stands beside a verdict: `9 of 14 checks, 2 unknown`; `14 checks`. */
export function verdictsText({ pass, fail, unknown }: AssetTally["verdicts"], all = true): string {
  const total = pass + fail + unknown;
  const noun = total === 1 ? "check" : "checks";
  if (fail > 0) return `${fail} of ${total} ${noun}${unknown > 0 && all ? `, ${unknown} unknown` : ""}`;
  return unknown > 0 ? `${unknown} of ${total} ${noun}` : `${total} ${noun}`;
}

/** Findings that are in none of the named severities' columns. */
export function otherCount({ found }: AssetTally): number {
  return found.negligible + found.unknown;
}

/** `3 fail, 2 unknown, 7 pass`: the assets that have no line of their own. */
export function restText(tallies: readonly AssetTally[]): string {
  const counts: Record<Verdict, number> = { fail: 0, unknown: 0, pass: 0 };
  for (const { verdict } of tallies) counts[verdict]++;
  return (["fail", "unknown", "pass"] as const)
    .flatMap((verdict) => (counts[verdict] === 0 ? [] : [`${counts[verdict]} ${verdict}`]))
    .join(", ");
}

export function isFound(tally: AssetTally): boolean {
  return totalOf(tally.found) > 0 || tally.verdict !== "pass";
}
