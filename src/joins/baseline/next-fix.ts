import { assetTitle } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";

/** What one upgrade or one instruction in one asset clears. */
interface Step {
  readonly asset: string;
  readonly text: string;
  readonly versions: Set<string>;
  count: number;
}

/** The one step that clears the most findings over the threshold, as a line; undefined where none has a fix. */
export function nextFix(evaluations: readonly Evaluation[]): string | undefined {
  const steps = new Map<string, Step>();
  for (const { asset, findings } of evaluations) {
    for (const finding of findings) {
      if (!finding.overThreshold || finding.fix === undefined) continue;
      const key = JSON.stringify([asset.id, stepOf(finding)]);
      const step = steps.get(key) ?? {
        asset: assetTitle(asset),
        text: finding.fix.text,
        versions: new Set<string>(),
        count: 0,
      };
      step.count += 1;
      if (finding.fix.kind === "upgrade") step.versions.add(finding.fix.version);
      steps.set(key, step);
    }
  }
  const [best] = [...steps.values()].sort((a, b) => b.count - a.count);
  if (best === undefined) return undefined;
  const noun = best.count === 1 ? "finding" : "findings";
  return `${best.text}${andLater(best)} in ${best.asset}: resolves ${best.count} ${noun} above the threshold`;
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
