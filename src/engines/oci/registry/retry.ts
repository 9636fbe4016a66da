import { Problem, type ProblemDetails } from "../../../core/problem.ts";
import { type Clock, notWaitedFor, waitBefore } from "../../../net/retry.ts";
import type { RegistryLimits } from "./limits.ts";

/** Trouble that may pass, so that the same request is worth another try. */
export class PassingProblem extends Problem {
  /** What the server asked us to wait (Retry-After), where it did. */
  readonly waitMilliseconds: number | undefined;

  constructor(details: ProblemDetails, waitMilliseconds?: number) {
    super(details);
    this.waitMilliseconds = waitMilliseconds;
  }
}

/**
 * Calls `once` again while it fails with a {@link PassingProblem}, at most `limits.tries` times in all. It waits what
 * the server asked for, else exponentially longer with jitter. Where the server asks for more than `limits.retryAfterSeconds`,
 * it gives up at once and says so.
 */
export async function retry<T>(
  once: () => Promise<T>,
  limits: RegistryLimits,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    signal?.throwIfAborted();
    try {
      return await once();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof PassingProblem)) throw error;
      const long = notWaitedFor(error.waitMilliseconds, limits);
      if (long !== undefined) throw givenUp(error, `${error.message}; ${long}`);
      if (tries >= limits.tries) throw afterTries(error, tries);
      await clock.sleep(waitBefore(tries, error.waitMilliseconds, limits, clock.random), signal);
    }
  }
}

function afterTries(problem: PassingProblem, tries: number): Problem {
  return givenUp(problem, tries === 1 ? problem.message : `${problem.message}, on the last of ${tries} tries`);
}

function givenUp(problem: PassingProblem, cause: string): Problem {
  const { kind, code, place, remedy } = problem;
  return new Problem({ kind, code, place, cause, ...(remedy === undefined ? {} : { remedy }) }, { cause: problem });
}
