/** The steps from a commit to a watched pod: which exist, which block, and which are theatre. Pure. */
import type { Evaluations } from "../../core/evaluations.ts";
import type { Finding } from "../../core/finding.ts";
import type { LifecycleStepName, LifecycleStepResult } from "../../core/lifecycle.ts";
import { theatre } from "./theatre.ts";

/** Places of one step. */
const PLACES = 6;

/**
 * What was seen of each step, held against what checks found of it. Findings that are excepted or in the baseline make no
 * theatre: somebody knows of them.
 *
 * @param seen - as `seenSteps` has it (evaluate/lifecycle)
 */
export function lifecycleOf(seen: readonly LifecycleStepResult[], evaluations: Evaluations): LifecycleStepResult[] {
  if (seen.length === 0) return [];
  const found = findingsByStep(evaluations);
  const proven = isRefusalProven(evaluations);
  return seen.map((one) => {
    if (proven && one.step === "admit")
      return { ...one, state: "blocks", reason: "unsigned images were tried and refused" };
    const worst = found.get(one.step);
    if (worst === undefined || isMadeUpFor(one, worst.short)) return one;
    // What was tried and refused is verified, whatever the objects say.
    if (proven && worst.short === theatre.get(NEVER_VERIFIED)?.short) return one;
    const { finding, short, count } = worst;
    const more = count > 1 ? ` (and ${count - 1} more)` : "";
    return {
      step: one.step,
      state: "theatre",
      reason: `${finding.title}${more}`,
      short,
      places: [...finding.locations, ...one.places].slice(0, PLACES),
    };
  });
}

const NEVER_VERIFIED = "build/signed-never-verified";
const TRIED = "cluster/unverified-image-admitted";

/** In every namespace in which it was tried (`--probe`). */
function isRefusalProven(evaluations: Evaluations): boolean {
  let any = false;
  for (const { check, verdict } of evaluations) {
    if (check !== TRIED) continue;
    if (verdict !== "pass") return false;
    any = true;
  }
  return any;
}

/** A scan that blocks stands, whatever another one does beside it. */
function isMadeUpFor({ step, state }: LifecycleStepResult, short: string): boolean {
  return (step === "scan" || step === "secrets") && state === "blocks" && short === "blocks nothing";
}

interface Worst {
  readonly finding: Finding;
  readonly short: string;
  readonly rank: number;
  readonly count: number;
}

function findingsByStep(evaluations: Evaluations): ReadonlyMap<LifecycleStepName, Worst> {
  const ranks = new Map([...theatre.keys()].map((check, rank) => [check, rank]));
  const found = new Map<LifecycleStepName, Worst>();
  for (const { check, findings } of evaluations) {
    const own = theatre.get(check);
    if (own === undefined) continue;
    for (const finding of findings) {
      if (own.about?.test(finding.subject) === false) continue;
      const rank = ranks.get(check) ?? 0;
      const known = found.get(own.step);
      const count = (known?.count ?? 0) + 1;
      if (known === undefined || rank < known.rank) found.set(own.step, { finding, short: own.short, rank, count });
      else found.set(own.step, { ...known, count });
    }
  }
  return found;
}
