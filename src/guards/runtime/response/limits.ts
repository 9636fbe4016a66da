/** How often something is done within some minutes: by rule, by workload, on the node. Bounded, whoever names the rules. */
import type { ResponseLimits } from "../../../engines/events/respond/model.ts";

export interface Limits {
  /**
   * Takes one action into account.
   *
   * @param now - milliseconds
   * @returns the limit that is reached, in which case it was not counted: `5 actions for rule … in 10 minutes`
   */
  take(rule: string, workload: string, now: number): string | undefined;
  adopt(limits: ResponseLimits): void;
}

const MOST_KEYS = 10_000;
/** Milliseconds between two looks for what is over, where there is no more room. */
const SWEEP = 10_000;

export function createLimits(initial: ResponseLimits): Limits {
  let limits = initial;
  /** Times of what was done, the oldest first. */
  const done = new Map<string, number[]>();
  let swept = Number.NEGATIVE_INFINITY;

  function within(key: string, now: number): number[] {
    const times = done.get(key) ?? [];
    const since = now - limits.minutes * 60_000;
    const old = times.findIndex((time) => time > since);
    if (old !== 0) times.splice(0, old < 0 ? times.length : old);
    if (times.length === 0) done.delete(key);
    return times;
  }

  function sweep(now: number): void {
    if (now - swept < SWEEP) return;
    swept = now;
    for (const key of [...done.keys()]) within(key, now);
  }

  return {
    take(rule, workload, now) {
      const keys = [
        { key: `rule ${rule}`, most: limits.rule, what: `for rule ${rule}` },
        { key: `workload ${workload}`, most: limits.workload, what: `on ${workload}` },
        { key: "node", most: limits.node, what: "on this node" },
      ];
      const times = keys.map(({ key }) => within(key, now));
      const reached = keys.find(({ most }, index) => (times[index]?.length ?? 0) >= most);
      if (reached !== undefined) return `${reached.most} actions ${reached.what} in ${limits.minutes} minutes`;
      if (done.size >= MOST_KEYS) sweep(now);
      if (done.size >= MOST_KEYS) return `more than ${MOST_KEYS} rules and workloads in ${limits.minutes} minutes`;
      for (const [index, { key }] of keys.entries()) {
        const own = times[index] ?? [];
        own.push(now);
        done.set(key, own);
      }
      return undefined;
    },
    adopt(next) {
      limits = next;
    },
  };
}
