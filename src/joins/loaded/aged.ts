/** When what was learned was seen, and whether that is too long ago to count. */
import type { Loaded } from "../../core/finding.ts";
import { isStale } from "../../core/stale.ts";
import type { LearnedWorkload } from "../../engines/events/learn/model.ts";

/** What it is held against. */
export interface Age {
  readonly now: Date;
  /** `runtime.observedDays` of the policy. */
  readonly days: number;
}

/** Dated; `stale` where that is longer ago than the policy allows, or where the date cannot be read. */
export function aged(loaded: Loaded, observedAt: string, age: Age): Loaded {
  return { ...loaded, observedAt, ...(isStale(observedAt, age) ? { stale: true } : {}) };
}

/** Until when all of them were watched: what one did since then nobody saw. Undefined where a container tells no time. */
export function watchedUntil(workloads: readonly LearnedWorkload[]): string | undefined {
  const ends = workloads.map(({ watched }) =>
    watched.containers
      .map(({ to }) => to)
      .sort()
      .at(-1),
  );
  return ends.includes(undefined) ? undefined : ends.sort()[0];
}
