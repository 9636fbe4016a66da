/** The store and the engine, asked within a time: what does not answer is a Problem. */
import { Problem } from "../../../core/problem.ts";
import { bounds } from "./bounds.ts";

/** @returns the answer, or the Problem that was thrown, or one that says that it is late */
export async function answerOf<T>(
  question: () => Promise<T | Problem>,
  place: string,
  milliseconds: number = bounds.askMilliseconds,
): Promise<T | Problem> {
  const { promise: late, resolve: isLate } = Promise.withResolvers<Problem>();
  const cause = `no answer within ${milliseconds} ms`;
  const timer = setTimeout(
    () => isLate(new Problem({ kind: "unavailable", code: "registry.late", place, cause })),
    milliseconds,
  );
  try {
    return await Promise.race([question().catch(asProblem), late]);
  } finally {
    clearTimeout(timer);
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

/** One thing after another, some at a time; ends at the first that is thrown. */
export async function eachOf<T>(items: Iterable<T>, act: (item: T) => Promise<void>): Promise<void> {
  const pending = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = pending.next(); next.done !== true; next = pending.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: bounds.parallel }, lane));
}
