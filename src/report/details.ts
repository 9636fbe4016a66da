/** The evaluations that a reader who asks for details is shown, grouped and in order; what passed is counted. */
import { type Asset, assetTitle } from "../core/asset.ts";
import type { Evaluation, Verdict } from "../core/evaluation.ts";
import { isPlainPass } from "../core/evaluations.ts";
import { compareText } from "../core/order.ts";
import type { Report } from "../core/report.ts";
import type { Severity } from "../core/severity.ts";
import type { Display, Shows } from "./display.ts";
import { inOrder } from "./in-order.ts";
import { compareCounts, noSeverities, type SeverityCounts } from "./severity-counts.ts";
import { assetKey } from "./summary/asset-tally.ts";
import { foldUnknown, repeatedGaps, type Told } from "./wording.ts";

export interface Details {
  readonly groups: readonly DetailGroup[];
  /** Checks that passed without a word, by asset, in order. */
  readonly passed: readonly { readonly asset: Asset; readonly checks: number }[];
}

/** All of one asset, or of one check. */
export interface DetailGroup {
  /** The asset's title, or the check's id. */
  readonly name: string;
  readonly told: readonly Told[];
  /** Findings that are shown. */
  readonly found: SeverityCounts;
  readonly verdicts: Readonly<Record<Verdict, number>>;
}

interface Growing {
  readonly name: string;
  readonly evaluations: Evaluation[];
  readonly found: Record<Severity, number>;
  readonly over: Record<Severity, number>;
  readonly verdicts: Record<Verdict, number>;
  fixable: number;
}

/** Holds what has something to tell; a plain pass is counted, however many there are. What is only recorded is left out. */
export function detailsOf(
  { evaluations }: Pick<Report, "evaluations">,
  { display, shows, all }: { readonly display: Display; readonly shows?: Shows; readonly all: boolean },
): Details {
  const groups = new Map<string, Growing>();
  const passed = new Map<string, { readonly asset: Asset; checks: number }>();
  for (const one of evaluations) {
    if (isPlainPass(one)) {
      const key = assetKey(one.asset);
      const known = passed.get(key);
      if (known === undefined) passed.set(key, { asset: one.asset, checks: 1 });
      else known.checks++;
      continue;
    }
    if (one.action === "audit" && !all) continue;
    const evaluation = shownOf(one, display, shows);
    if (evaluation === undefined) continue;
    const byCheck = display.groupBy === "check";
    const key = byCheck ? evaluation.check : assetKey(evaluation.asset);
    let group = groups.get(key);
    if (group === undefined) {
      group = startOf(byCheck ? evaluation.check : assetTitle(evaluation.asset));
      groups.set(key, group);
    }
    grow(group, evaluation);
  }
  const toldOnce = all ? (told: Told) => told : repeatedGaps();
  const isFiltered = shows !== undefined || display.onlyNew;
  return {
    groups: [...groups.values()].sort(orderBy(display)).map(({ name, evaluations: own, found, verdicts }) => ({
      name,
      told: Array.from(foldUnknown(inOrder(own), all), toldOnce),
      found,
      verdicts,
    })),
    passed: isFiltered
      ? []
      : [...passed.values()].sort(
          (a, b) => compareText(assetTitle(a.asset), assetTitle(b.asset)) || compareText(a.asset.id, b.asset.id),
        ),
  };
}

/** With the findings that are shown alone; undefined where a filter leaves none. */
function shownOf(evaluation: Evaluation, display: Display, shows: Shows | undefined): Evaluation | undefined {
  if (shows === undefined && !display.onlyNew) return evaluation;
  const findings = shows === undefined ? evaluation.findings : evaluation.findings.filter(shows);
  if (findings.length === 0) return undefined;
  return { ...evaluation, findings, ...(display.onlyNew ? { excepted: [], baselined: [] } : {}) };
}

function startOf(name: string): Growing {
  const verdicts = { pass: 0, fail: 0, unknown: 0 };
  return { name, evaluations: [], found: noSeverities(), over: noSeverities(), verdicts, fixable: 0 };
}

function grow(group: Growing, evaluation: Evaluation): void {
  group.evaluations.push(evaluation);
  group.verdicts[evaluation.verdict]++;
  for (const { severity, overThreshold, fix } of evaluation.findings) {
    group.found[severity]++;
    if (overThreshold) group.over[severity]++;
    if (fix !== undefined) group.fixable++;
  }
}

/** The worst first, unless another order is asked for; then by name, so that two runs print the same. */
function orderBy({ sort, groupBy }: Display): (a: Growing, b: Growing) => number {
  const byName = (a: Growing, b: Growing) => compareText(a.name, b.name);
  const worst = (a: Growing, b: Growing) =>
    compareCounts(a.over, b.over) ||
    Number(a.verdicts.fail === 0) - Number(b.verdicts.fail === 0) ||
    Number(a.verdicts.unknown === 0) - Number(b.verdicts.unknown === 0) ||
    compareCounts(a.found, b.found);
  if (sort === groupBy) return byName;
  if (sort === "fix") return (a, b) => b.fixable - a.fixable || worst(a, b) || byName(a, b);
  return (a, b) => worst(a, b) || byName(a, b);
}
