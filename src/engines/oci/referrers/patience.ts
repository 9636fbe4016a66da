/** A place that does not answer is not asked again and again: 429 or silence for one look-up is the answer to those behind it. */
import { Problem } from "../../../core/problem.ts";
import type { Repository } from "./repository.ts";

/** Which servers have fallen silent, by host. */
export interface Patience {
  /** Does a look-up, unless the host fell silent a moment ago: then it fails with what that failed with. */
  ask<T>(host: string, look: () => Promise<T>): Promise<T>;
  /** The same repository, whose look-ups are asked so; of what is this repository's trouble alone, it forgets nothing. */
  guard(repository: Repository, host: string): Repository;
}

/** The server's trouble, whatever is asked of it. */
const hostSilent: ReadonlySet<string> = new Set([
  "registry.unreachable",
  "registry.stalled",
  "registry.tls",
  "registry.certificate",
  "registry.throttled",
]);

/** May be one repository's trouble: others on that host are asked all the same. */
const repositorySilent: ReadonlySet<string> = new Set(["registry.timeout", "registry.broken", "registry.unavailable"]);

/**
 * @param milliseconds - how long a server that fell silent is left alone
 * @param clock - milliseconds since any time
 */
export function createPatience(milliseconds: number, clock: () => number): Patience {
  const fallen = new Map<string, { readonly problem: Problem; readonly until: number }>();

  async function ask<T>(host: string, look: () => Promise<T>): Promise<T> {
    const known = fallen.get(host);
    if (known !== undefined && clock() < known.until) throw known.problem;
    try {
      return await look();
    } catch (error) {
      if (error instanceof Problem && hostSilent.has(error.code)) {
        fallen.set(host, { problem: error, until: clock() + milliseconds });
      }
      throw error;
    }
  }

  function guard(repository: Repository, host: string): Repository {
    let given: Problem | undefined;
    const guarded = async <T>(look: () => Promise<T>): Promise<T> => {
      if (given !== undefined) throw given;
      try {
        return await ask(host, look);
      } catch (error) {
        if (error instanceof Problem && repositorySilent.has(error.code)) given = error;
        throw error;
      }
    };
    return {
      place: repository.place,
      tagged: (tag) => guarded(() => repository.tagged(tag)),
      manifest: (entry) => guarded(() => repository.manifest(entry)),
      blob: (entry) => guarded(() => repository.blob(entry)),
      referrers: (subject) => guarded(() => repository.referrers(subject)),
      close: () => repository.close(),
    };
  }

  return { ask, guard };
}
