/** The ten controls and the layers of threat, assessed from evaluations. Pure. */

import { assetTitle } from "../../core/asset.ts";
import type { CheckDescription } from "../../core/check.ts";
import type { AssetContext } from "../../core/context.ts";
import { counted, someOf } from "../../core/counted.ts";
import { combine, type Evaluation, type Verdict } from "../../core/evaluation.ts";
import { type Evaluations, isPlainPass } from "../../core/evaluations.ts";
import type { Finding } from "../../core/finding.ts";
import type { ControlResult, LayerResult } from "../../core/report.ts";
import { compareFindings } from "../../core/runner.ts";
import { type Control, type ControlHalf, controls, requiredOfLayer, threatLayers } from "./controls.ts";
import { nextFix } from "./next-fix.ts";

const WORST = 3;
const NAMED = 4;
const CAUSES = 3;

/**
 * Judges all ten, in order.
 *
 * @param checks - describes at least those that the evaluations name
 * @param contexts - what is known of the assets' places, for the order of fixes
 * @param excluded - how many files and directories the run left out: what is in them speaks to no control
 */
export function evaluateControls(
  evaluations: Evaluations,
  checks: readonly CheckDescription[],
  excluded = 0,
  contexts?: readonly AssetContext[],
): ControlResult[] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const heard = new Map(controls.map((control) => [control.number, hearing(control)]));
  for (const evaluation of evaluations) {
    const check = byId.get(evaluation.check);
    for (const number of check?.controls ?? []) heard.get(number)?.(evaluation, check?.layer);
  }
  return controls.map((control) => {
    const { own, assessed } = heard.get(control.number)?.() ?? NOTHING;
    const coverage = coverageOf(assessed);
    return evaluateControl(control, own, excluded === 0 ? coverage : { ...coverage, excluded }, contexts);
  });
}

/** What speaks to a control. */
interface Heard {
  /** Of the plain passes one a check: there are hundreds of thousands, and they say the same. */
  readonly own: readonly Evaluation[];
  /** By asset that the control counts: whether each of its evaluations is a pass or a fail. */
  readonly assessed: ReadonlyMap<string, boolean>;
}

const NOTHING: Heard = { own: [], assessed: new Map() };

function hearing(control: Control): (evaluation?: Evaluation, layer?: CheckDescription["layer"]) => Heard {
  const own: Evaluation[] = [];
  const assessed = new Map<string, boolean>();
  const passed = new Set<string>();
  return (evaluation, layer) => {
    if (evaluation === undefined) return { own, assessed };
    const { check, asset, verdict } = evaluation;
    if (!isPlainPass(evaluation) || !passed.has(check)) own.push(evaluation);
    if (verdict === "pass") passed.add(check);
    // A policy file speaks to a control, but is none of the assets that the control counts.
    const isCounted =
      layer !== "policy" &&
      !isBeside(control, check) &&
      (control.counts === undefined || control.counts.includes(asset.kind));
    if (isCounted) assessed.set(asset.id, (assessed.get(asset.id) ?? true) && verdict !== "unknown");
    return { own, assessed };
  };
}

function evaluateControl(
  control: Control,
  evaluations: readonly Evaluation[],
  coverage: { assessed: number; total: number; excluded?: number },
  contexts: readonly AssetContext[] | undefined,
): ControlResult {
  const { number, title, noun } = control;
  const findings = evaluations.flatMap((evaluation) => evaluation.findings).filter((finding) => finding.overThreshold);
  const fix = nextFix(evaluations, contexts);
  return {
    number,
    title,
    ...assess(control, evaluations, coverage.total),
    coverage: { ...coverage, noun },
    worst: worstOf(findings),
    ...(fix === undefined ? {} : { nextFix: fix }),
  };
}

interface Assessment {
  readonly verdict: Verdict;
  readonly reason: string;
}

/** @param total - of the assets that the control counts */
function assess(control: Control, evaluations: readonly Evaluation[], total: number): Assessment {
  const { noun, requires = [], counts, beside, none = `no ${noun} found` } = control;
  // A gate alone, without an image to stop, proves nothing.
  const nothing = counts !== undefined && total === 0 ? none : undefined;
  const own = evaluations.filter(({ check }) => !isBeside(control, check));
  const unassessed = control.unassessed ?? nothing ?? missingOf(requires, own);
  const first = halfOf(own, unassessed, none);
  if (beside === undefined) return first;
  const others = unsettled(
    beside,
    evaluations.filter(({ check }) => isBeside(control, check)),
  );
  const missing = others.length === 0 ? beside.otherwise : missingOf(beside.requires, others);
  const judged = halfOf(others, missing, beside.otherwise);
  // What closes it comes before what else leaves it open.
  const second = judged.verdict === "unknown" && missing !== undefined ? { ...judged, reason: missing } : judged;
  return {
    verdict: combine([first.verdict, second.verdict]),
    reason: `${control.about}: ${phraseOf(first)}; ${beside.about}: ${phraseOf(second)}`,
  };
}

/** Without what objects leave open and a try has answered. */
function unsettled({ requires, also = [] }: ControlHalf, evaluations: readonly Evaluation[]): readonly Evaluation[] {
  if (missingOf(requires, evaluations) !== undefined) return evaluations;
  return evaluations.filter(({ check, verdict, gaps }) => {
    const settled = also.find((one) => one.check === check)?.settled ?? [];
    return verdict !== "unknown" || gaps.length === 0 || !gaps.every(({ code }) => settled.includes(code));
  });
}

/** `unknown (no control plane was read)`. */
function phraseOf({ verdict, reason }: Assessment): string {
  return `${verdict} (${reason})`;
}

function isBeside({ beside }: Control, check: string): boolean {
  return (
    beside !== undefined &&
    (beside.requires.some((one) => one.check === check) || beside.also?.some((one) => one.check === check) === true)
  );
}

function missingOf(requires: Control["requires"] & object, evaluations: readonly Evaluation[]): string | undefined {
  return requires.find((required) => !evaluations.some(({ check }) => check === required.check))?.otherwise;
}

/**
 * What no check looks at is unknown: it cannot take a fail back, and nothing passes over it.
 *
 * @param unassessed - why it cannot pass
 * @param none - what to say where nothing was evaluated
 */
function halfOf(evaluations: readonly Evaluation[], unassessed: string | undefined, none: string): Assessment {
  const combined = combine(evaluations.map((evaluation) => evaluation.verdict));
  const verdict: Verdict = combined === "pass" && unassessed !== undefined ? "unknown" : combined;
  return { verdict, reason: reasonOf(combined, evaluations, unassessed, none) };
}

function reasonOf(
  verdict: Verdict,
  evaluations: readonly Evaluation[],
  unassessed: string | undefined,
  none: string,
): string {
  if (verdict === "fail") {
    const failed = evaluations.filter((evaluation) => evaluation.verdict === "fail");
    return `${countOver(failed)} in ${names(failed)}`;
  }
  if (evaluations.length === 0) return unassessed ?? none;
  const unknown = evaluations.filter((evaluation) => evaluation.verdict === "unknown");
  if (unknown.length > 0) return causesOf(unknown);
  return unassessed ?? passedBy(evaluations);
}

/** Of the first gaps that differ in kind, each with the assets that have it in the same words. */
function causesOf(unknown: readonly Evaluation[]): string {
  const kinds = new Map<string | undefined, Evaluation>();
  for (const one of unknown) if (!kinds.has(one.gaps[0]?.code)) kinds.set(one.gaps[0]?.code, one);
  const causes = [...kinds.values()].slice(0, CAUSES).map(({ reason }) => {
    const same = unknown.filter((evaluation) => evaluation.reason === reason);
    return `${names(same)}: ${reason}`;
  });
  return causes.join("; ");
}

/** A pass that exceptions or a baseline of known findings have a part in says so. */
function passedBy(evaluations: readonly Evaluation[]): string {
  const over = (some: readonly { readonly finding: Finding }[]) =>
    some.filter(({ finding }) => finding.overThreshold).length;
  const sum = (of: (evaluation: Evaluation) => number) => evaluations.reduce((total, one) => total + of(one), 0);
  const baselined = sum((one) => over(one.baselined ?? []));
  const excepted = sum((one) => over(one.excepted));
  const apart = [
    ...(baselined === 0 ? [] : [`${counted(baselined, "finding")} in the baseline`]),
    ...(excepted === 0 ? [] : [`${counted(excepted, "finding")} excepted`]),
  ];
  return apart.length === 0
    ? "nothing at or above the threshold"
    : `nothing else at or above the threshold: ${apart.join(", ")}`;
}

function countOver(evaluations: readonly Evaluation[]): string {
  const count = evaluations.reduce((sum, { findings }) => sum + findings.filter((f) => f.overThreshold).length, 0);
  return `${counted(count, "finding")} at or above the threshold`;
}

function names(evaluations: readonly Evaluation[]): string {
  return someOf([...new Set(evaluations.map(({ asset }) => assetTitle(asset)))], NAMED);
}

function coverageOf(assessed: Heard["assessed"]): { assessed: number; total: number } {
  return { assessed: [...assessed.values()].filter(Boolean).length, total: assessed.size };
}

function worstOf(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(compareFindings).slice(0, WORST);
}

/** What defends each layer here, as far as checks have looked. */
export function evaluateLayers(evaluations: Evaluations, checks: readonly CheckDescription[]): LayerResult[] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const verdicts = new Map<string, Set<Verdict>>();
  for (const { check, verdict } of evaluations) {
    const known = verdicts.get(check);
    if (known === undefined) verdicts.set(check, new Set([verdict]));
    else known.add(verdict);
  }
  return threatLayers.map((layer) => {
    const own = [...verdicts].filter(([check]) => byId.get(check)?.layer === layer);
    const titles = (some: typeof own): string[] =>
      [...new Set(some.map(([check]) => byId.get(check)?.title ?? check))].sort();
    const combined = combine(own.flatMap(([, of]) => [...of]));
    const required = requiredOfLayer[layer];
    const isShort = required !== undefined && !verdicts.has(required);
    return {
      layer,
      defends: titles(own),
      failing: titles(own.filter(([, of]) => of.has("fail"))),
      verdict: combined === "pass" && isShort ? "unknown" : combined,
    };
  });
}
