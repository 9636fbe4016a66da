/** Why what was computed of pods is unknown, as gaps: what is no fail for it must be no pass. */
import type { Gap } from "../../../core/evidence.ts";
import { describeObject, formatFieldPath } from "../../../engines/kubernetes/model.ts";
import type { Doubt, ExplainedRule, Network, PodEndpoint } from "../../../engines/reachability/model.ts";
import { type Direction, stageOf } from "./opening.ts";

/** Gaps of one evaluation that are named one by one. */
const NAMED = 10;

/** Collects gaps, each reason once. */
export interface Unknowns {
  add(gap: Gap): void;
  gaps(): readonly Gap[];
}

export function createUnknowns(): Unknowns {
  const found = new Map<string, Gap>();
  return {
    add: (gap) => void found.set(`${gap.code}\n${gap.reason}`, gap),
    gaps() {
      const all = [...found.values()];
      const more = all.length - NAMED;
      const rest: Gap = { code: "network.more", reason: `${more} more reasons why connections are unknown` };
      return more > 0 ? [...all.slice(0, NAMED), rest] : all;
    },
  };
}

/** @param what - in words: `whether shop/Deployment/web is isolated for egress` */
export function doubtGap(network: Network, direction: Direction, from: number, to: number, what: string): Gap {
  const { stages } = network.explain(from, to);
  const steps = stages.filter(({ name }) => name === stageOf[direction]).flatMap((stage) => stage.steps);
  const others = stages.flatMap((stage) => stage.steps);
  const unsure = [...steps, ...others].find(({ sure, doubts }) => !sure && doubts.length > 0);
  if (unsure === undefined) return { code: "network.unknown", reason: `${what} is unknown` };
  const [doubt] = unsure.doubts as readonly [Doubt];
  return {
    code: doubt.code,
    reason: `${what} is unknown: ${placeOf(unsure)}${doubt.reason}`,
    ...(doubt.remedy === undefined ? {} : { remedy: doubt.remedy }),
  };
}

function placeOf({ rule }: ExplainedRule): string {
  const field = rule.field.length === 0 ? "" : ` ${formatFieldPath(rule.field)}`;
  return `${describeObject(rule.object)}${field}: `;
}

export function nameOf({ endpoints }: Network, index: number): string {
  return (endpoints[index] as PodEndpoint).name;
}
