/** What detectors told of containers: alerts of `runtime watch` and of others, and recordings, which are evaluated. */
import type { Evaluation } from "../../../core/evaluation.ts";
import type { ScanContext } from "../../../scan/context.ts";
import { replayEvents } from "../../../scan/runtime.ts";
import { namedRules } from "../../../scan/runtime-rules.ts";
import type { ObservedAlert, ObservedBehavior } from "../model.ts";

/**
 * @param names - files, or `-`
 * @param root - where rule files are that the policy names
 * @throws Problem (usage) where there is no such file, or a rule file cannot be read; one that is broken is a gap
 */
export async function readBehavior(
  names: readonly string[],
  root: string,
  context: Pick<ScanContext, "policy" | "now" | "onProgress">,
): Promise<ObservedBehavior> {
  const { loaded } = await namedRules([], context.policy, root);
  const replayed = await replayEvents(names, { rules: loaded, matching: "first" }, context);
  const stateOf = statesIn(replayed.evaluations);
  return {
    name: names.map((name) => (name === "-" ? "standard input" : name)).join(", "),
    alerts: replayed.alerts.map(({ alert, asset, finding }) => ({ alert, asset, state: stateOf(asset, finding) })),
    relations: replayed.relations,
    events: replayed.events,
    evaluated: replayed.evaluated,
    gaps: replayed.gaps.map((gap) => (gap.code === "events.foreign-alerts" ? { ...gap, reason: ALERTS } : gap)),
  };
}

/** Whoever wrote them: an alert says what was seen, and a file of them not when somebody looked. */
const ALERTS = "alerts alone do not say what was not watched";

function statesIn(evaluations: readonly Evaluation[]): (asset: string, finding: string) => ObservedAlert["state"] {
  const states = new Map<string, ObservedAlert["state"]>();
  for (const { asset, findings, excepted } of evaluations) {
    for (const { subject, overThreshold } of findings)
      states.set(`${asset.name}\n${subject}`, overThreshold ? "over" : "below");
    for (const { finding } of excepted) states.set(`${asset.name}\n${finding.subject}`, "excepted");
  }
  return (asset, finding) => states.get(`${asset}\n${finding}`) ?? "below";
}
