/** How many images of one registry, and of all, are asked about at a time: the rest waits for its turn. */
import { unavailable } from "./flights.ts";

export interface Lanes {
  /** @throws Problem of the code given, and the signal's reason where the turn does not come in time */
  run<T>(host: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

interface Lane {
  running: number;
  readonly waiting: Set<() => void>;
}

export interface LaneBounds {
  readonly hostLanes: number;
  readonly lanes: number;
  readonly waiting: number;
  /** Of the problem where more would wait: `admission.overload`. */
  readonly code: string;
}

export function createLanes({ hostLanes, lanes: all, waiting: most, code }: LaneBounds): Lanes {
  const lanes = new Map<string, Lane>();
  let [running, waiting] = [0, 0];

  const isFree = (lane: Lane) => running < all && lane.running < hostLanes;

  function start(lane: Lane): void {
    running += 1;
    lane.running += 1;
  }

  function end(host: string, lane: Lane): void {
    running -= 1;
    lane.running -= 1;
    if (lane.running === 0 && lane.waiting.size === 0) lanes.delete(host);
    // Its own host's turn first; another one's where all were taken.
    for (const other of [lane, ...lanes.values()]) {
      if (!isFree(other)) continue;
      const [next] = other.waiting;
      if (next === undefined) continue;
      next();
      return;
    }
  }

  async function turn(host: string, lane: Lane, signal: AbortSignal): Promise<void> {
    if (isFree(lane)) return start(lane);
    if (waiting >= most) throw unavailable(code, host, `${most} images are waiting for registries already`);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const go = () => {
      lane.waiting.delete(go);
      start(lane);
      resolve();
    };
    const give = () => {
      if (lane.waiting.delete(go)) reject(signal.reason);
      if (lane.running === 0 && lane.waiting.size === 0) lanes.delete(host);
    };
    lane.waiting.add(go);
    waiting += 1;
    signal.addEventListener("abort", give, { once: true });
    try {
      await promise;
    } finally {
      waiting -= 1;
      signal.removeEventListener("abort", give);
    }
  }

  return {
    async run(host, signal, work) {
      signal.throwIfAborted();
      const lane = lanes.get(host) ?? { running: 0, waiting: new Set() };
      lanes.set(host, lane);
      await turn(host, lane, signal);
      try {
        return await work();
      } finally {
        end(host, lane);
      }
    },
  };
}
