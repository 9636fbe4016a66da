/** `threshold`: so often within some time, for one key (`falco/model.ts`, ThresholdRule). */
import { bounds } from "./bounds.ts";
import { createMemory } from "./memory.ts";

export interface Threshold {
  /**
   * The condition holds once more. True where that makes it often enough; then the key is silent for as much time.
   *
   * @param time - milliseconds since 1970
   * @param value - of which only different ones count; absent: each counts
   */
  hit(key: string, time: number, value?: string): boolean;
  readonly keys: number;
  readonly evicted: number;
}

interface Hits {
  /** Value → when it was last seen, the oldest first. Where each counts the value is a number of its own. */
  readonly seen: Map<string | number, number>;
  silentUntil: number;
}

export function createThreshold(count: number, withinSeconds: number): Threshold {
  const within = withinSeconds * 1000;
  const memory = createMemory<Hits>(() => ({ seen: new Map(), silentUntil: Number.NEGATIVE_INFINITY }), {
    keys: bounds.keys,
    weight: bounds.remembered,
    weightOf: ({ seen }) => seen.size,
  });
  let each = 0;

  return {
    hit(key, time, value) {
      const hits = memory.of(key);
      if (time < hits.silentUntil) return false;
      const { seen } = hits;
      const before = seen.size;
      for (const [old, at] of seen) {
        if (time - at <= within) break;
        seen.delete(old);
      }
      const own = value === undefined ? each++ : value.slice(0, bounds.valueLength);
      seen.delete(own);
      seen.set(own, time);
      if (seen.size < count) {
        memory.grown(seen.size - before);
        return false;
      }
      seen.clear();
      memory.grown(-before);
      hits.silentUntil = time + within;
      return true;
    },
    get keys() {
      return memory.size;
    },
    get evicted() {
      return memory.evicted;
    },
  };
}
