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

/** Hosts that are remembered: whoever names images can name as many. */
const HOSTS = 10_000;

/**
 * @param silence - milliseconds that a server which fell silent is left alone, by how often it did since it last answered
 * @param clock - milliseconds since any time
 */
export function createPatience(silence: (failures: number, problem: Problem) => number, clock: () => number): Patience {
  const fallen = new Map<string, { readonly problem: Problem; readonly until: number; readonly failures: number }>();

  async function ask<T>(host: string, look: () => Promise<T>): Promise<T> {
    const known = fallen.get(host);
    if (known !== undefined && clock() < known.until) throw known.problem;
    try {
      const found = await look();
      fallen.delete(host);
      return found;
    } catch (error) {
      if (error instanceof Problem && hostSilent.has(error.code)) fell(host, error, known?.until);
      throw error;
    }
  }

  /** @param until - of what was known when it was asked: those that were asked together have failed once */
  function fell(host: string, problem: Problem, until: number | undefined): void {
    const held = fallen.get(host);
    if (held !== undefined && held.until !== until) return;
    const failures = (held?.failures ?? 0) + 1;
    if (fallen.size >= HOSTS) fallen.delete(fallen.keys().next().value ?? "");
    fallen.delete(host);
    fallen.set(host, { problem, until: clock() + silence(failures, problem), failures });
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
