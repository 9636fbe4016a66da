/** A place that does not answer is not asked again and again: 429 or silence for one look-up is the answer to those behind it. */
import { Problem } from "../../../core/problem.ts";
import type { Repository } from "./repository.ts";

/** Which places have fallen silent, by name. */
export interface Patience {
  /** The same repository, whose look-ups fail at once with what the first one failed with. */
  guard(repository: Repository, host: string): Repository;
}

/** Where one of these came after all its tries, the next request to that server would wait as long for the same. */
const silent: ReadonlySet<string> = new Set([
  "registry.unreachable",
  "registry.stalled",
  "registry.timeout",
  "registry.tls",
  "registry.certificate",
  "registry.broken",
  "registry.throttled",
  "registry.unavailable",
]);

/**
 * @param milliseconds - how long a place that fell silent is left alone
 * @param clock - milliseconds since any time
 */
export function createPatience(milliseconds: number, clock: () => number = () => performance.now()): Patience {
  const fallen = new Map<string, { readonly problem: Problem; readonly until: number }>();
  return {
    guard(repository, host) {
      async function ask<T>(look: () => Promise<T>): Promise<T> {
        const known = fallen.get(host);
        if (known !== undefined && clock() < known.until) throw known.problem;
        try {
          return await look();
        } catch (error) {
          if (error instanceof Problem && silent.has(error.code)) {
            fallen.set(host, { problem: error, until: clock() + milliseconds });
          }
          throw error;
        }
      }
      return {
        place: repository.place,
        tagged: (tag) => ask(() => repository.tagged(tag)),
        manifest: (entry) => ask(() => repository.manifest(entry)),
        blob: (entry) => ask(() => repository.blob(entry)),
        referrers: (subject) => ask(() => repository.referrers(subject)),
        close: () => repository.close(),
      };
    },
  };
}
