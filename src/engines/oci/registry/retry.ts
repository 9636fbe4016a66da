import { Problem, type ProblemDetails } from "../../../core/problem.ts";
import type { Clock, RegistryLimits } from "./limits.ts";

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
 * the server asked for, else exponentially longer with jitter; never longer than `limits.retryAfterSeconds`.
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
      if (tries >= limits.tries) throw afterTries(error, tries);
      const wait = error.waitMilliseconds ?? backoff(tries, limits, clock);
      await clock.sleep(Math.min(wait, limits.retryAfterSeconds * 1_000), signal);
    }
  }
}

/** Half of it is chance: clients that were turned away together must not come back together. */
function backoff(tries: number, limits: RegistryLimits, clock: Clock): number {
  return limits.backoffMilliseconds * 2 ** (tries - 1) * (0.5 + clock.random() / 2);
}

function afterTries(problem: PassingProblem, tries: number): Problem {
  const { kind, code, place, remedy } = problem;
  const cause = tries === 1 ? problem.message : `${problem.message}, on the last of ${tries} tries`;
  return new Problem({ kind, code, place, cause, ...(remedy === undefined ? {} : { remedy }) }, { cause: problem });
}

/**
 * Reads a Retry-After header (RFC 9110, section 10.2.3): seconds or a date. Milliseconds from now, never negative;
 * undefined where it is neither.
 */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  if (/^[0-9]{1,9}$/.test(trimmed)) return Number(trimmed) * 1_000;
  // Date.parse takes much more than HTTP's dates; those start with a weekday's name and end with GMT.
  if (!/^[A-Z][a-z]{2,8},? .{5,30} GMT$/.test(trimmed)) return undefined;
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
