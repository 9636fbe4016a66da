/** What waits for a place that may be slow or away: sent one after the other, tried again, bounded. */
import { setTimeout as delay } from "node:timers/promises";
import { bounds } from "./bounds.ts";
import type { OutputCounts } from "./model.ts";

/** What became of one try. */
export type Sent =
  | { readonly kind: "sent" }
  /** It will never be taken. */
  | { readonly kind: "refused"; readonly why: string }
  /** Another try may help. @param after - milliseconds that were asked for */
  | { readonly kind: "again"; readonly why: string; readonly after?: number };

export interface QueueOptions {
  /** Never throws. */
  send(text: string, signal: AbortSignal): Promise<Sent>;
  /** Told once for each reason, and when it works again (undefined). */
  onState(why: string | undefined): void;
  readonly first?: number;
  readonly most?: number;
  readonly waiting?: number;
}

export interface Queue {
  put(text: string): void;
  counts(): OutputCounts;
  close(milliseconds: number): Promise<void>;
}

export function createQueue({ send, onState, ...limits }: QueueOptions): Queue {
  const {
    first = bounds.againMilliseconds,
    most = bounds.mostMilliseconds,
    waiting: mostWaiting = bounds.waiting,
  } = limits;
  const waiting: string[] = [];
  const ended = new AbortController();
  let [bytes, sent, dropped] = [0, 0, 0];
  let draining: Promise<void> | undefined;
  let state: string | undefined;

  function tell(why: string | undefined): void {
    if (why === state) return;
    state = why;
    onState(why);
  }

  async function drain(): Promise<void> {
    let wait = first;
    while (waiting.length > 0 && !ended.signal.aborted) {
      const text = waiting[0] ?? "";
      const result = await send(text, ended.signal);
      if (ended.signal.aborted && result.kind !== "sent") break;
      if (result.kind === "again") {
        tell(result.why);
        await delay(result.after ?? wait, undefined, { signal: ended.signal }).catch(() => undefined);
        wait = Math.min(2 * wait, most);
        continue;
      }
      waiting.shift();
      bytes -= text.length;
      wait = first;
      if (result.kind === "sent") sent += 1;
      else dropped += 1;
      tell(result.kind === "sent" ? undefined : result.why);
    }
    draining = undefined;
  }

  return {
    put(text) {
      if (ended.signal.aborted || waiting.length >= mostWaiting || bytes + text.length > bounds.waitingBytes) {
        dropped += 1;
        return;
      }
      waiting.push(text);
      bytes += text.length;
      draining ??= drain();
    },
    counts: () => ({ sent, waiting: waiting.length, dropped }),
    async close(milliseconds) {
      const timeout = setTimeout(() => ended.abort(), milliseconds);
      await draining;
      clearTimeout(timeout);
      ended.abort();
      dropped += waiting.length;
      waiting.length = 0;
    },
  };
}
