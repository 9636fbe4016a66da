/** What joins evaluations says of them, and of what a baseline has of them. */
import type { CheckDescription } from "../core/check.ts";
import type { AssetContext } from "../core/context.ts";
import type { Verdict } from "../core/evaluation.ts";
import { EvaluationList, type Evaluations } from "../core/evaluations.ts";
import type { LifecycleStepResult } from "../core/lifecycle.ts";
import type { ControlResult, LayerResult } from "../core/report.ts";

/** What joins evaluations. */
export interface Joins {
  /** @param checks - at least those that the evaluations name */
  controls(
    evaluations: Evaluations,
    checks: readonly CheckDescription[],
    excluded: number,
    contexts?: readonly AssetContext[],
  ): readonly ControlResult[];
  /** What a baseline is not compared with. */
  others(
    evaluations: Evaluations,
    checks: readonly CheckDescription[],
  ): { readonly layers: readonly LayerResult[]; readonly lifecycle?: readonly LifecycleStepResult[] };
}

/** @param isCompared - each control says too what it was with the baseline's findings alone */
export function joinedOver(
  join: Joins,
  evaluations: Evaluations,
  { checks, excluded, contexts }: Beside,
  isCompared: boolean,
): ReturnType<Joins["others"]> & { readonly controls: readonly ControlResult[] } {
  const controls = join.controls(evaluations, checks, excluded, contexts);
  const others = join.others(evaluations, checks);
  if (!isCompared) return { controls, ...others };
  const before = join.controls(withoutFindings(evaluations), checks, excluded, contexts);
  const verdicts = new Map(before.map(({ number, verdict }) => [number, verdict]));
  return {
    controls: controls.map((control) => ({ ...control, ...wasOf(verdicts.get(control.number)) })),
    ...others,
  };
}

interface Beside {
  readonly checks: readonly CheckDescription[];
  readonly excluded: number;
  readonly contexts: readonly AssetContext[] | undefined;
}

function wasOf(verdict: Verdict | undefined): Pick<ControlResult, "before"> {
  return verdict === undefined ? {} : { before: verdict };
}

/** As they were before what is new: what the baseline has is not among their findings. */
function withoutFindings(evaluations: Evaluations): Evaluations {
  const before = new EvaluationList();
  for (const evaluation of evaluations) {
    const { findings, verdict, gaps } = evaluation;
    const was = verdict !== "fail" ? verdict : gaps.length > 0 ? "unknown" : "pass";
    before.push(findings.length === 0 ? evaluation : { ...evaluation, findings: [], verdict: was });
  }
  return before;
}
