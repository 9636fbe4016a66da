/**
 * What is said of a container before anybody knows it waits for a while, and is then said with what is known: nothing is
 * dropped. No clock of its own: whoever has one tells the time, so that a capture's time does as well.
 */
import { bounds } from "./bounds.ts";
import type { ContainerFacts } from "./model.ts";

export interface LateJoinOptions {
  /** Milliseconds that one thing waits at most; 0: nothing waits. */
  readonly patienceMilliseconds: number;
  /** Things that wait at once; over it the one that waited the longest is said as it is. */
  readonly most?: number;
  /** Bytes of them, likewise. */
  readonly mostBytes?: number;
}

/** What became of what waited, each counted once. */
export interface LateJoinCounts {
  /** Said with facts that came meanwhile. */
  readonly joined: number;
  /** Said without, after their time or at the end. */
  readonly expired: number;
  /** Said without, since too many waited. */
  readonly crowded: number;
}

export interface LateJoin {
  /**
   * Calls `say` once: at once where nothing can be waited for, else when the container becomes known or its time is over.
   *
   * @param container - the id as the event has it, whole or its first 12 characters
   * @param now - milliseconds of any clock that does not go back
   * @param bytes - of what waits
   */
  wait(container: string, now: number, say: (facts: ContainerFacts | undefined) => void, bytes?: number): void;
  /**
   * Says what waited for this container, in the order in which it came.
   *
   * @param settled - false: more is to come (its pod): what waits is said with these facts when its time is over
   */
  known(facts: ContainerFacts, settled?: boolean): void;
  /** Says what has waited long enough. @returns when to call again; undefined where nothing waits */
  expire(now: number): number | undefined;
  /** Says all that waits, at the end of a stream. */
  flush(): void;
  readonly waiting: number;
  counts(): LateJoinCounts;
}

interface Waiting {
  readonly container: string;
  readonly until: number;
  readonly bytes: number;
  readonly say: (facts: ContainerFacts | undefined) => void;
}

export function createLateJoin({
  patienceMilliseconds,
  most = bounds.waiting,
  mostBytes = Number.POSITIVE_INFINITY,
}: LateJoinOptions): LateJoin {
  // In the order in which they came, and so in that of their deadlines.
  const waiting = new Set<Waiting>();
  const byContainer = new Map<string, Set<Waiting>>();
  const partly = new Map<string, ContainerFacts>();
  const counts = { joined: 0, expired: 0, crowded: 0 };
  let held = 0;

  function take(each: Waiting): void {
    waiting.delete(each);
    held -= each.bytes;
    const others = byContainer.get(each.container);
    others?.delete(each);
    if (others?.size !== 0) return;
    byContainer.delete(each.container);
  }

  function say(each: Waiting, why: "expired" | "crowded"): void {
    const facts = partly.get(each.container);
    take(each);
    if (!byContainer.has(each.container)) partly.delete(each.container);
    counts[facts === undefined ? why : "joined"] += 1;
    each.say(facts);
  }

  function first(): Waiting | undefined {
    return waiting.values().next().value;
  }

  return {
    wait(container, now, sayIt, bytes = 0) {
      if (patienceMilliseconds <= 0 || most <= 0) {
        counts.expired += 1;
        sayIt(undefined);
        return;
      }
      const key = container.slice(0, ID);
      const each: Waiting = { container: key, until: now + patienceMilliseconds, bytes, say: sayIt };
      waiting.add(each);
      held += bytes;
      const same = byContainer.get(key);
      if (same === undefined) byContainer.set(key, new Set([each]));
      else same.add(each);
      while (waiting.size > most || held > mostBytes) {
        const oldest = first();
        if (oldest === undefined) return;
        say(oldest, "crowded");
      }
    },
    known(facts, settled = true) {
      if (facts.details === undefined) return;
      const key = facts.id.slice(0, ID);
      const same = byContainer.get(key);
      if (same === undefined) return;
      if (!settled) {
        partly.set(key, facts);
        return;
      }
      partly.delete(key);
      for (const each of [...same]) {
        take(each);
        counts.joined += 1;
        each.say(facts);
      }
    },
    expire(now) {
      for (let each = first(); each !== undefined; each = first()) {
        if (each.until > now) return each.until;
        say(each, "expired");
      }
      return undefined;
    },
    flush() {
      for (let each = first(); each !== undefined; each = first()) say(each, "expired");
    },
    get waiting() {
      return waiting.size;
    },
    counts: () => ({ ...counts }),
  };
}

/** Characters of an id that events have for sure (`container.id`). */
const ID = 12;
