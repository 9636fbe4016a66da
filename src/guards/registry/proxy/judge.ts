/** The gates' word in time: where one is late or fails there is no word, and nothing passes. */
import type { Decision, Refusal } from "../model.ts";
import { unavailable } from "./answers.ts";
import { bounds } from "./bounds.ts";
import type { Asked, ProxyOptions } from "./options.ts";

/** A decision of the guard's own, for want of another one. */
export function refused(basis: string, reason: string, refusal: Refusal): Decision & { readonly action: "refuse" } {
  return { action: "refuse", basis, reason, outcomes: [], warnings: [], refusal };
}

/**
 * @param milliseconds - that the gate has; it is told by the signal, and answers by then with what it makes of that
 * @param gone - of the client: nobody waits any more
 */
export async function inTime<T extends Decision>(
  judge: (deadline: AbortSignal) => Promise<T>,
  milliseconds: number,
  gone: AbortSignal,
  onError: (error: unknown) => void,
): Promise<T | (Decision & { readonly action: "refuse" })> {
  const deadline = new AbortController();
  const { promise: late, resolve: isLate } = Promise.withResolvers<Decision & { readonly action: "refuse" }>();
  const end = setTimeout(() => deadline.abort(new Error(`not decided in ${milliseconds} ms`)), milliseconds);
  const giveUp = setTimeout(() => {
    const message = `not decided in ${milliseconds} ms (try again)`;
    isLate(refused("late", message, unavailable(message, 503)));
  }, milliseconds + bounds.graceMilliseconds);
  const onGone = () => deadline.abort(new Error("the client is gone"));
  gone.addEventListener("abort", onGone, { once: true });
  if (gone.aborted) onGone();
  try {
    return await Promise.race([judge(deadline.signal), late]);
  } catch (error) {
    onError(error);
    const message = "the guard failed to decide (see its log)";
    return refused("error", message, unavailable(message, 503));
  } finally {
    clearTimeout(end);
    clearTimeout(giveUp);
    gone.removeEventListener("abort", onGone);
  }
}

/** The refusal to be sent; undefined where it is allowed. A refusal without words is one all the same. */
export function refusalOf(decision: Decision): Refusal | undefined {
  if (decision.action === "allow") return undefined;
  return decision.refusal ?? { status: 403, code: "DENIED", message: decision.reason };
}

export function record(
  { request, identity, operation, now }: Asked,
  { onDecided }: Pick<ProxyOptions, "onDecided">,
  decision: Decision,
  about: { readonly repository: string; readonly reference?: string },
): void {
  const { action, basis, reason, digest, outcomes } = decision;
  const checks = outcomes.map(({ check }) => check);
  onDecided({
    entry: {
      time: now,
      principal: identity.principal.name,
      operation,
      ...about,
      decision: { action, basis, reason, checks, ...(digest === undefined ? {} : { digest }) },
    },
    outcomes,
    milliseconds: performance.now() - request.arrivedAt,
  });
}
