import { assetTitle } from "../../core/asset.ts";
import { type AssetContext, compareRows, compareUrgency, contextLookup, type FindingRow } from "../../core/context.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { compareText } from "../../core/order.ts";

/** What one upgrade or one instruction in one asset clears. */
interface Step {
  readonly key: string;
  /** The finding that comes first of those that it clears. */
  first: FindingRow;
  readonly versions: Set<string>;
  count: number;
}

/**
 * The one step to do next, as a line; undefined where no finding over the threshold has a fix: the one that clears the most
 * urgent finding (core/context.ts), of equally urgent ones that which clears the most.
 */
export function nextFix(evaluations: readonly Evaluation[], contexts?: readonly AssetContext[]): string | undefined {
  const contextOf = contextLookup(contexts);
  const steps = new Map<string, Step>();
  for (const evaluation of evaluations) {
    const { asset, findings } = evaluation;
    for (const finding of findings) {
      const { fix } = finding;
      if (!finding.overThreshold || fix === undefined) continue;
      const row = { finding, evaluation, context: contextOf(asset, finding) };
      const key = JSON.stringify([asset.id, stepOf(finding)]);
      let step = steps.get(key);
      if (step === undefined) {
        step = { key, first: row, versions: new Set<string>(), count: 0 };
        steps.set(key, step);
      }
      step.count += 1;
      if (compareRows(row, step.first) < 0) step.first = row;
      if (fix.kind === "upgrade") step.versions.add(fix.version);
    }
  }
  const [best] = [...steps.values()].sort(compareSteps);
  if (best === undefined) return undefined;
  const noun = best.count === 1 ? "finding" : "findings";
  const { finding, evaluation } = best.first;
  const what = `${finding.fix?.text ?? ""}${andLater(best)} in ${assetTitle(evaluation.asset)}`;
  return `${what}: resolves ${best.count} ${noun} above the threshold`;
}

/** Total, so that two runs name the same. */
function compareSteps(a: Step, b: Step): number {
  return (
    compareUrgency(a.first, b.first) || b.count - a.count || compareRows(a.first, b.first) || compareText(a.key, b.key)
  );
}

/** Which of several versions is the highest only the ecosystem's own order could say, which is not at hand here. */
function andLater(step: Step): string {
  return step.versions.size < 2 ? "" : ` (the highest of ${[...step.versions].sort().join(", ")})`;
}

/** Findings that one step clears: those of one installed version of one package. */
function stepOf(finding: Finding): string {
  const { package: name, version } = finding.matches;
  return name === undefined ? finding.subject : `${name}@${version ?? ""}`;
}
