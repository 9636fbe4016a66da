/** When what was learned was seen, and whether that is too long ago to count. */
import type { Loaded } from "../../core/finding.ts";
import type { LearnedWorkload } from "../../engines/events/learn/model.ts";

/** What it is held against. */
export interface Age {
  readonly now: Date;
  /** `runtime.observedDays` of the policy. */
  readonly days: number;
}

const DAY = 24 * 60 * 60 * 1000;

/** Dated; `stale` where that is longer ago than the policy allows, or where the date cannot be read. */
export function aged(loaded: Loaded, observedAt: string, { now, days }: Age): Loaded {
  const isFresh = Date.parse(observedAt) + days * DAY >= now.getTime();
  return { ...loaded, observedAt, ...(isFresh ? {} : { stale: true }) };
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
