/** What rows are made of, as a report has it once its assets have their identities. */
import type { Answer, ContextAnswer, WorkloadReach } from "../../core/context.ts";
import type { Evaluations } from "../../core/evaluations.ts";
import type { Relation } from "../../core/relation.ts";

export interface ContextFacts {
  readonly evaluations: Evaluations;
  readonly relations: readonly Relation[];
  readonly reach: readonly WorkloadReach[];
  /** The live cluster that was read; absent: none was. */
  readonly cluster?: ReadCluster;
  readonly now: Date;
  /** `runtime.observedDays`: what was seen running longer ago is stale. */
  readonly days: number;
}

export interface ReadCluster {
  /** Of its asset: ids of what is in it begin with this. */
  readonly id: string;
  readonly name: string;
  /** Why not all of its pods are known; absent: they are. */
  readonly unread?: string;
}

export function unknown(reason: string): ContextAnswer {
  return { answer: "unknown", reason };
}

/** Whether it counts as this answer: what is stale counts as none. */
export function is({ answer, stale }: ContextAnswer, wanted: Answer): boolean {
  return answer === wanted && stale !== true;
}

function isKnown({ answer, stale }: ContextAnswer): boolean {
  return answer !== "unknown" && stale !== true;
}

/**
 * One answer of several things: the first of `worse` where one has it; else the first that is not known; else what all say.
 *
 * @param none - where there is nothing to ask
 */
export function together(all: readonly ContextAnswer[], worse: Answer, none: ContextAnswer): ContextAnswer {
  return all.find((one) => is(one, worse)) ?? all.find((one) => !isKnown(one)) ?? all[0] ?? none;
}
