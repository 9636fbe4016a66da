/** What watching is: what it begins with, and what becomes of it. */
import type { Policy } from "../../../core/policy.ts";
import type { LoadedRules, Matching } from "../../../engines/events/falco/model.ts";
import type { Alert } from "../../../engines/events/model.ts";

/** What is looked for, and what is made of it. Exchanged whole while events go on. */
export interface WatchedFor {
  readonly rules: LoadedRules;
  readonly policy: Policy;
  readonly matching: Matching;
}

/** One alert as outputs and responses get it. */
export interface LiveAlert {
  readonly alert: Alert;
  /** What the asset is called. */
  readonly asset: string;
  /** By the policy: over or below the threshold, or excepted. */
  readonly state: "over" | "below" | "excepted";
  /** Told before, with a lower count or without its Kubernetes users. */
  readonly again: boolean;
}

/** Nothing wrong with the sensor is silent; these count it. */
export interface WatchCounts {
  readonly events: number;
  readonly evaluated: number;
  readonly lost: Readonly<Record<string, number>>;
  readonly evicted: Readonly<Record<string, number>>;
  /** Times that a sensor ended without being asked to. */
  readonly blind: number;
}

/** Nothing was evaluated before this process was started, from then on. */
export interface Blind {
  /** Nanoseconds since 1970. */
  readonly since: bigint;
  readonly reason: string;
  readonly host: string;
}
