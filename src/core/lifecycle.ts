/** The steps from a commit to a watched pod, and what there is of each: what a report shows in one row. */
import type { Location } from "./location.ts";

export const lifecycleSteps = [
  "review",
  "build",
  "scan",
  "secrets",
  "sbom",
  "sign",
  "push",
  "admit",
  "run",
  "detect",
  "rebuild",
  "updates",
] as const;

export type LifecycleStepName = (typeof lifecycleSteps)[number];

/**
 * `blocks`: what it finds fails the job, or is refused. `exists`: it is there. `theatre`: it is there, and nothing comes of it.
 * `absent`: what was read whole has none. `unknown`: the place where it would be was not read, or does not tell.
 */
export const lifecycleStates = ["blocks", "exists", "theatre", "absent", "unknown"] as const;

export type LifecycleState = (typeof lifecycleStates)[number];

export interface LifecycleStepResult {
  readonly step: LifecycleStepName;
  readonly state: LifecycleState;
  /** One line. */
  readonly reason: string;
  /** Of theatre: what is wrong, in two or three words: `never verified`. */
  readonly short?: string;
  /** Where it is; of theatre both sides, as far as there are two. */
  readonly places: readonly Location[];
}
