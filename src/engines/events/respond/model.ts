/** What a policy says of responses to what was detected: types alone. */
import type { Priority } from "../model.ts";

/** Whether responses happen: nothing, what would have been done is told, it is done. */
export type RespondMode = (typeof respondModes)[number];

export const respondModes = ["off", "dry-run", "on"] as const;

/** What can be done. Of one alert those on the pod, the container and the process go side by side; each of them in this order. */
export const responseActions = [
  /** Marks the pod for people and their selectors. */
  "label",
  /** Takes the pod's own labels off: no Service, no workload and no other policy selects it any more. */
  "detach",
  /** Cuts the pod off by a NetworkPolicy, which is proven before it is applied. */
  "quarantine",
  /** From now on the kernel kills what the container starts that no layer of its image holds. */
  "protect",
  /** Freezes the container: its memory stays. */
  "pause",
  /** Ends the process that did it. */
  "kill",
  /** Ends the container, with time to end itself. */
  "stop",
  /** Ends the container at once. */
  "killContainer",
] as const;

export type ResponseAction = (typeof responseActions)[number];

/** All that is stated of an alert must be true of it; of a list one entry. */
export interface ResponseRule {
  /** Names of rules, or patterns over them (core/glob.ts), in any case. */
  readonly rules?: readonly string[];
  readonly tags?: readonly string[];
  /** This bad or worse. */
  readonly priority?: Priority;
  /** Workloads, patterns: `shop/Deployment/api`, `shop/**`, `node-1/Container/jump`. Absent: all. */
  readonly in?: readonly string[];
  readonly do: readonly ResponseAction[];
}

/** Workloads that nothing is done to, or that something is done to although they are of the system. */
export interface ResponseExemption {
  /** As {@link ResponseRule.in} has them; of `notExempt` a name without a pattern. */
  readonly workload: string;
  readonly reason: string;
}

/** Actions within some minutes, those in vain among them; what is over one is told and not done. */
export interface ResponseLimits {
  readonly rule: number;
  readonly workload: number;
  readonly node: number;
  readonly minutes: number;
}

/** The slice `runtime` of a policy, as far as it is about responses. */
export interface ResponsePolicy {
  readonly respond: RespondMode;
  readonly responses: readonly ResponseRule[];
  readonly exempt: readonly ResponseExemption[];
  readonly notExempt: readonly ResponseExemption[];
  readonly responseLimits: ResponseLimits;
}
