/** Since when a newer version is known to have been there: the oldest signed word of it. */
import type { PendingSince } from "./model.ts";
import type { Seen, SuiteCache } from "./suite-cache.ts";

/** A version above the installed one, in a suite that is dated. */
export interface NewerVersion {
  readonly url: string;
  /** `name:architecture`. */
  readonly name: string;
  readonly version: string;
  /** ISO 8601: the suite's own date. */
  readonly date: string;
}

/**
 * A suite's own date is a lower bound: what it holds was published by then. Earlier copies give earlier ones, so the
 * cache remembers the oldest date with which each version was seen, and the answer gets better with every look.
 */
export function createFirstSeen(cache: SuiteCache | undefined) {
  const byUrl = new Map<string, { readonly seen: Seen; changed: boolean }>();

  function of(url: string) {
    let own = byUrl.get(url);
    if (own === undefined) {
      own = { seen: cache?.seen(url) ?? {}, changed: false };
      byUrl.set(url, own);
    }
    return own;
  }

  return {
    /** The oldest date on which any of these versions was there, all of them above the one installed. */
    since(newer: readonly NewerVersion[], isNewer: (version: string) => boolean): PendingSince | undefined {
      let best: PendingSince | undefined;
      const take = (at: string, by: PendingSince["by"]) => {
        if (best === undefined || at < best.at) best = { at, by };
      };
      for (const { url, name, version, date } of newer) {
        take(date, "release");
        const own = of(url);
        const known: Record<string, unknown> = Object.hasOwn(own.seen, name) ? { ...own.seen[name] } : {};
        for (const [each, at] of Object.entries(known)) {
          if (typeof at === "string" && !Number.isNaN(Date.parse(at)) && isNewer(each)) take(at, "seen");
        }
        const before = Object.hasOwn(known, version) ? known[version] : undefined;
        if (typeof before === "string" && before <= date) continue;
        own.seen[name] = { ...own.seen[name], [version]: date };
        own.changed = true;
      }
      return best;
    },
    store(): void {
      for (const [url, { seen, changed }] of byUrl) if (changed) cache?.storeSeen(url, seen);
    },
  };
}
