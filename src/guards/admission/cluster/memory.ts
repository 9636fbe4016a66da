/** Answers of the cluster that are remembered for a moment, so that a hundred pods ask once. */
import { asProblem, Problem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import { bounds } from "./bounds.ts";

export interface ShortMemory<Value> {
  /** What is remembered, or what is asked for now; whoever asks meanwhile waits for the same. Never rejects. */
  of(key: string, ask: () => Promise<Value | undefined>): Promise<Value | undefined | Problem>;
}

/** @param milliseconds - that an answer counts; that there is none, and that it failed, count for less */
export function createShortMemory<Value>(
  milliseconds: number,
  now: () => number = () => performance.now(),
): ShortMemory<Value> {
  const held = createRecent<string, { readonly answer: Value | undefined | Problem; readonly until: number }>(
    bounds.remembered,
  );
  const asking = new Map<string, Promise<Value | undefined | Problem>>();

  async function ask(key: string, question: () => Promise<Value | undefined>): Promise<Value | undefined | Problem> {
    const answer = await answered(key, question);
    const lasts =
      answer instanceof Problem
        ? bounds.failedMilliseconds
        : answer === undefined
          ? bounds.absentMilliseconds
          : milliseconds;
    held.set(key, { answer, until: now() + Math.min(lasts, milliseconds) }, 1);
    asking.delete(key);
    return answer;
  }

  return {
    async of(key, question) {
      const known = held.get(key);
      if (known !== undefined && now() < known.until) return known.answer;
      const begun = asking.get(key) ?? ask(key, question);
      asking.set(key, begun);
      return await begun;
    },
  };
}

/** A look-up that fails, or takes too long, is a Problem. */
export async function answered<Value>(place: string, question: () => Promise<Value>): Promise<Value | Problem> {
  const { promise: late, resolve } = Promise.withResolvers<Problem>();
  const timer = setTimeout(() => {
    const cause = `the API server took longer than ${bounds.lookUpMilliseconds} ms`;
    resolve(new Problem({ kind: "unavailable", code: "cluster.late", place, cause }));
  }, bounds.lookUpMilliseconds);
  try {
    return await Promise.race([question().catch((error: unknown) => problemOf(error, place)), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What nobody foresaw is a Problem too: a guard that answers nothing stops the cluster. */
function problemOf(error: unknown, place: string): Problem {
  const problem = asProblem(error, place);
  if (problem instanceof Problem) return problem;
  return new Problem(
    { kind: "unavailable", code: "cluster.failed", place, cause: "the look-up failed" },
    { cause: error },
  );
}
