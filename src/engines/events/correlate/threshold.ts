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
  /** Of what was seen. */
  bytes: number;
  silentUntil: number;
}

function bytesOf(value: string | number): number {
  return 64 + (typeof value === "string" ? value.length : 0);
}

export function createThreshold(count: number, withinSeconds: number): Threshold {
  const within = withinSeconds * 1000;
  const memory = createMemory<Hits>(() => ({ seen: new Map(), bytes: 0, silentUntil: Number.NEGATIVE_INFINITY }), {
    keys: bounds.keys,
    bytes: bounds.bytes,
    bytesOf: ({ bytes }) => bytes,
  });
  let each = 0;

  return {
    hit(key, time, value) {
      const hits = memory.of(key);
      if (time < hits.silentUntil) return false;
      const { seen } = hits;
      const before = hits.bytes;
      for (const [old, at] of seen) {
        if (time - at <= within) break;
        seen.delete(old);
        hits.bytes -= bytesOf(old);
      }
      const own = value ?? each++;
      if (!seen.delete(own)) hits.bytes += bytesOf(own);
      seen.set(own, time);
      if (seen.size < count) {
        memory.grown(hits.bytes - before);
        return false;
      }
      seen.clear();
      hits.bytes = 0;
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
