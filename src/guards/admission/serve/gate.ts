/** How many requests are decided at once. More wait in order, and what nobody waits for any more is not begun. */
import { bounds } from "./bounds.ts";

export interface Gate {
  /**
   * @param bytes - of the review
   * @param deadline - of the request
   * @returns `full`: there is no room to wait in; `late`: its time was over before its turn came
   */
  enter(bytes: number, deadline: AbortSignal): Promise<"entered" | "full" | "late">;
  /** Of what has entered. */
  leave(bytes: number): void;
  running(): number;
  waiting(): number;
}

export interface GateLimits {
  readonly running: number;
  readonly runningBytes: number;
  readonly waiting: number;
  readonly waitingBytes: number;
}

interface Waiting {
  readonly bytes: number;
  go(): void;
}

export function createGate(limits: GateLimits = bounds): Gate {
  const queue = new Set<Waiting>();
  let running = 0;
  let runningBytes = 0;
  let waitingBytes = 0;

  /** One alone always has room, however large it is. */
  const hasRoom = (bytes: number) =>
    running === 0 || (running < limits.running && runningBytes + bytes <= limits.runningBytes);

  function take(bytes: number): void {
    running += 1;
    runningBytes += bytes;
  }

  return {
    async enter(bytes, deadline) {
      if (deadline.aborted) return "late";
      if (queue.size === 0 && hasRoom(bytes)) {
        take(bytes);
        return "entered";
      }
      if (queue.size >= limits.waiting || waitingBytes + bytes > limits.waitingBytes) return "full";
      const { promise, resolve } = Promise.withResolvers<"entered" | "late">();
      const onLate = () => {
        queue.delete(own);
        waitingBytes -= bytes;
        resolve("late");
      };
      const own: Waiting = {
        bytes,
        go() {
          deadline.removeEventListener("abort", onLate);
          queue.delete(own);
          waitingBytes -= bytes;
          take(bytes);
          resolve("entered");
        },
      };
      deadline.addEventListener("abort", onLate, { once: true });
      queue.add(own);
      waitingBytes += bytes;
      return await promise;
    },
    leave(bytes) {
      running -= 1;
      runningBytes -= bytes;
      for (const first of queue) {
        if (!hasRoom(first.bytes)) return;
        first.go();
      }
    },
    running: () => running,
    waiting: () => queue.size,
  };
}
